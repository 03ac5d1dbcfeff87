//! The floor is one only if it does the same.

use netipc_floor::lookup::{ITEMS, Mix, apps, cgroups, data};

#[test]
fn the_rounds_by_hand_make_and_read_the_same_bytes() {
    for (_, mix) in Mix::ALL {
        for items in ITEMS.into_iter().chain([0, 2, 3]) {
            for labels in 0..=2 {
                let entries = data::entries(items, labels, mix);
                let (mut by_hand, mut generated) =
                    (cgroups::Round::new(&entries), cgroups::Round::new(&entries));
                assert_eq!(by_hand.floor(), generated.generated());
                assert_eq!(by_hand.response(), generated.response());
                let (mut by_hand, mut generated) = (apps::Round::new(&entries), apps::Round::new(&entries));
                assert_eq!(by_hand.floor(), generated.generated());
                assert_eq!(by_hand.response(), generated.response());
            }
        }
    }
}
