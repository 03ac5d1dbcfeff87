//! The policy without a clock: how it plans, and what it makes of how waits went.

use super::*;

const LONGEST: Duration = Duration::from_micros(50);
const MICROSECOND: Duration = Duration::from_micros(1);
const IDLE: Duration = Duration::from_secs(1);

fn on_several_cpus() -> Spinning {
    Spinning::new(Waiting::spin_at_most(LONGEST))
}

/// One that has found that spinning may pay.
fn spinning() -> Spinning {
    let mut spinning = on_several_cpus();
    spinning.plan(|| true);
    spinning.waited(LONGEST);
    spinning
}

/// The spin of the next wait, which then takes so long.
fn wait(spinning: &mut Spinning, answer: Duration) -> Duration {
    wait_on(true, spinning, answer)
}

fn wait_on(several_cpus: bool, spinning: &mut Spinning, answer: Duration) -> Duration {
    match spinning.plan(|| several_cpus) {
        Plan::Spin(spin) if answer < spin => {
            spinning.answered(answer);
            spin
        }
        Plan::Spin(spin) => {
            spinning.waited(answer);
            spin
        }
        Plan::Measure => {
            spinning.waited(answer);
            Duration::ZERO
        }
        Plan::Block => Duration::ZERO,
    }
}

#[test]
fn one_that_blocks_only_never_spins_and_reads_no_clock() {
    let mut spinning = Spinning::new(Waiting::BLOCK);
    for _ in 0..10_000 {
        assert_eq!(spinning.plan(|| panic!("nobody needs to know")), Plan::Block);
    }
}

#[test]
fn on_one_cpu_it_never_spins_and_reads_no_clock() {
    let mut spinning = Spinning::new(Waiting::default());
    for _ in 0..10_000 {
        assert_eq!(spinning.plan(|| false), Plan::Block);
    }
}

#[test]
fn it_finds_out_when_it_may_use_another_number_of_cpus() {
    let mut spinning = Spinning::new(Waiting::default());
    let mut spins = |several_cpus| {
        let spin = |_: &u32| !wait_on(several_cpus, &mut spinning, MICROSECOND).is_zero();
        (0..2_000).filter(spin).count()
    };
    assert_eq!(spins(false), 0);
    spins(true);
    assert_eq!(spins(true), 2_000);
    spins(false);
    assert_eq!(spins(false), 0);
}

#[test]
fn it_spins_once_a_wait_has_been_short() {
    let mut spinning = on_several_cpus();
    assert_eq!(spinning.plan(|| true), Plan::Measure);
    spinning.waited(LONGEST * SHORT_WAIT);
    assert_eq!(spinning.plan(|| true), Plan::Spin(LONGEST));
}

#[test]
fn an_idle_session_does_not_spin() {
    let mut spinning = on_several_cpus();
    for _ in 0..100 {
        assert_eq!(wait(&mut spinning, IDLE), Duration::ZERO);
    }
}

#[test]
fn the_first_long_wait_ends_the_spinning_and_the_next_short_one_begins_it_again() {
    let mut spinning = spinning();
    wait(&mut spinning, MICROSECOND);
    assert!(!wait(&mut spinning, IDLE).is_zero());
    assert_eq!(wait(&mut spinning, LONGEST), Duration::ZERO);
    assert_eq!(wait(&mut spinning, LONGEST), LONGEST);
}

#[test]
fn it_spins_about_as_long_as_answers_take() {
    let mut spinning = spinning();
    for _ in 0..100 {
        wait(&mut spinning, 2 * MICROSECOND);
    }
    let spin = wait(&mut spinning, 2 * MICROSECOND);
    assert!(spin >= 2 * MICROSECOND * MARGIN && spin < 2 * MICROSECOND * (MARGIN + 1), "{spin:?}");
    // A slower one makes it spin longer at once.
    wait(&mut spinning, 5 * MICROSECOND);
    assert_eq!(wait(&mut spinning, MICROSECOND), 5 * MICROSECOND * MARGIN);
}

#[test]
fn no_spin_is_longer_than_configured() {
    let mut spinning = spinning();
    for answer in 0..100 {
        assert!(wait(&mut spinning, answer * MICROSECOND) <= LONGEST);
    }
}

#[test]
fn spins_in_vain_become_shorter_and_then_end() {
    let mut spinning = spinning();
    let spins: Vec<_> = (0..10).map(|_| wait(&mut spinning, 2 * LONGEST)).collect();
    assert!(spins.is_sorted_by(|one, two| one > two), "{spins:?}");
    assert_eq!(spins.last(), Some(&Duration::ZERO));
}

#[test]
fn spinning_that_never_helps_is_tried_ever_more_seldom() {
    let mut spinning = on_several_cpus();
    let mut spins = |waits: u32| (0..waits).filter(|_| !wait(&mut spinning, 2 * LONGEST).is_zero()).count();
    spins(10_000);
    let share = spins(10_000);
    assert!(share < 60 && share > 0, "{share} of 10,000 waits");
}

#[test]
fn one_answer_in_time_makes_up_for_all_that_was_in_vain() {
    let mut spinning = on_several_cpus();
    for _ in 0..20_000 {
        wait(&mut spinning, 2 * LONGEST);
    }
    // The next try comes within the longest rest, and from then on it spins.
    for _ in 0..=LONGEST_REST + 1 {
        wait(&mut spinning, MICROSECOND);
    }
    for _ in 0..100 {
        assert!(!wait(&mut spinning, MICROSECOND).is_zero());
    }
}

#[test]
fn what_is_there_already_costs_one_look() {
    let (mut spinning, mut looks) = (spinning(), 0);
    let spun = spinning.spin(
        None,
        1,
        || true,
        || false,
        || {
            looks += 1;
            Some(7)
        },
    );
    assert!(matches!(spun, Spun::Ready(7)));
    assert_eq!(looks, 1);
}

#[test]
fn a_spin_that_finds_nothing_ends_in_blocking() {
    let mut spinning = spinning();
    let Spun::Block(blocking) = spinning.spin(None, 1, || true, || false, || None::<()>) else {
        panic!("there is nothing")
    };
    spinning.blocked(blocking);
    assert!(spinning.spin < LONGEST);
}

#[test]
fn a_spin_ends_with_the_time_that_is_left() {
    let mut spinning = Spinning::new(Waiting::spin_at_most(Duration::from_hours(1)));
    spinning.plan(|| true);
    spinning.waited(MICROSECOND);
    let spun = spinning.spin(Some(MICROSECOND), 1, || true, || false, || None::<()>);
    assert!(matches!(spun, Spun::Block(_)));
}

#[test]
fn where_it_does_not_spin_nobody_looks() {
    let mut spinning = on_several_cpus();
    let spun = spinning.spin(None, 1, || true, || false, || -> Option<()> { panic!("it looked") });
    assert!(matches!(spun, Spun::Block(_)));
}

#[test]
fn a_spin_looks_no_more_often_than_it_may() {
    for most in [0, 1, 7, 8, 9] {
        let mut spinning = Spinning { spin: LONGEST, cpu_check: 1, ..Spinning::new(Waiting::default()) };
        spinning = spinning.with_most_looks(most);
        let mut looks = 0;
        let spun = spinning.spin(
            None,
            4,
            || true,
            || false,
            || {
                looks += 1;
                None::<()>
            },
        );
        assert!(matches!(spun, Spun::Block(Blocking { since: Some(_), .. })));
        assert_eq!(looks, most);
    }
}

#[test]
fn no_spin_that_can_be_configured_is_longer_than_ten_milliseconds_or_more_than_it_can_count() {
    let waiting = Waiting::spin_at_most(Duration::MAX);
    assert_eq!(waiting.longest_spin(), Duration::from_millis(10));
    let mut spinning = Spinning::new(waiting);
    for _ in 0..3 {
        match spinning.spin(Some(MICROSECOND), 1, || true, || false, || None::<()>) {
            Spun::Block(blocking) => spinning.blocked(blocking),
            Spun::Ready(()) => panic!("there is nothing"),
        }
        spinning.waited(MICROSECOND);
    }
}

#[test]
fn a_spin_ends_when_there_is_something_else_to_see() {
    let (mut spinning, mut looks) = (spinning(), 0);
    let look = || {
        looks += 1;
        None::<()>
    };
    let spun = spinning.spin(None, 4, || true, || true, look);
    assert!(matches!(spun, Spun::Block(_)));
    assert_eq!(looks, 4);
}

#[test]
fn what_a_spin_has_taken_is_not_left_for_blocking() {
    let mut spinning = spinning();
    let left = Some(Duration::from_secs(1));
    let Spun::Block(blocking) = spinning.spin(left, 1, || true, || false, || None::<()>) else {
        panic!("there is nothing")
    };
    assert!(blocking.left_of(left) <= left.map(|left| left.saturating_sub(LONGEST)), "{blocking:?}");
    assert_eq!(blocking.left_of(Some(LONGEST)), Some(Duration::ZERO));
    assert_eq!(blocking.left_of(None), None);
}
