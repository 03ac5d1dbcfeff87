//! What `docs/contract/transport.md` promises, once, for every transport, in one process and [across](Across) two.
//!
//! A promise is a function with a [`Transport`]; the macros below make a `#[test]` of the same name of each, behind
//! the watchdog. Its clients are in the test's process, and its servers where the transport has them. Nothing here
//! knows a platform: what only a peer of one's own making can show is tested where its packets or its files are.
//!
//! ```no_run
//! #[cfg(unix)]
//! mod uds {
//!     netipc_tests::conformance!(netipc_tests::conformance::Uds);
//!     netipc_tests::conformance_of_a_baseline!(netipc_tests::conformance::Uds);
//! }
//! ```

pub mod aborts;
pub mod allocation;
pub mod batches;
pub mod closing;
pub mod crowd;
pub mod endpoints;
pub mod handshake;
pub mod messages;
pub mod pipelining;
mod transport;
pub mod waiting;

#[cfg(windows)]
pub use transport::Pipe;
#[cfg(any(target_os = "linux", windows))]
pub use transport::Shm;
#[cfg(windows)]
pub use transport::ShmBusywait;
#[cfg(unix)]
pub use transport::Uds;
pub use transport::{Across, Baseline, Transport};

/// The promises that every transport keeps, as tests of this one.
#[macro_export]
macro_rules! conformance {
    ($transport:ty) => {
        $crate::promises! { $transport:
            aborts: {
                waiting_for_the_answer_to_hello_is_aborted,
                accepting_is_aborted_until_that_is_cleared,
                receiving_is_aborted,
                a_server_learns_that_its_client_was_aborted,
                an_aborted_session_stays_aborted_when_that_is_cleared_and_new_ones_are_made,
                an_abort_ends_no_session_that_it_was_not_given_to,
                a_handle_ends_a_session_that_waits_for_requests,
                a_session_that_takes_no_more_requests_still_answers_the_one_that_came,
            }
            batches: {
                batches_of_one_and_of_many_travel_with_their_items_in_order,
                a_batch_that_fills_the_payload_limit_travels,
                the_items_of_a_batch_are_handed_out_by_index_without_a_copy,
                a_batch_of_more_items_than_agreed_is_not_sent,
                an_empty_batch_is_not_sent,
                a_rejected_batch_is_answered_without_flag_and_count,
            }
            closing: {
                a_client_that_closes_ends_the_servers_session_in_order,
                a_server_that_closes_ends_the_clients_session_in_order,
                what_was_sent_before_the_close_is_still_received,
                a_client_that_waits_learns_that_the_server_has_gone,
                a_server_that_waits_learns_that_the_client_has_gone,
                a_server_whose_listener_accepts_meanwhile_learns_that_the_client_has_gone,
                sessions_outlive_their_listener,
                nothing_is_left_in_the_run_directory_when_all_is_closed,
            }
            crowd: {
                many_clients_at_once_get_their_own_answers,
                a_client_that_never_receives_holds_up_no_other_session,
                a_client_is_told_that_the_server_is_full,
                a_session_that_has_ended_makes_room_for_another,
            }
            endpoints: {
                an_endpoint_where_nobody_listens_is_not_found,
                a_live_server_is_in_use_and_does_not_notice,
                an_endpoint_that_was_closed_can_be_served_again_at_once,
                of_two_servers_that_start_together_one_serves_and_the_other_is_told_so,
                services_of_one_run_directory_do_not_touch_one_another,
            }
            handshake: {
                both_sides_agree_on_everything,
                a_wrong_token_is_refused,
                a_proposal_over_the_servers_maximum_is_refused,
                a_packet_size_that_carries_nothing_is_incompatible,
                a_client_without_a_common_profile_is_told_so,
                a_server_without_the_profile_serves_the_baseline,
                a_client_without_the_profile_is_served_the_baseline,
                session_ids_count_connections_also_those_that_fail,
                a_raised_response_limit_is_offered_to_later_sessions,
            }
            messages: {
                messages_of_all_sizes_travel_in_packets_with_one_byte_of_payload,
                messages_of_all_sizes_travel_in_packets_of_64_bytes,
                messages_of_all_sizes_travel_in_packets_of_4096_bytes,
                messages_of_all_sizes_travel_in_packets_of_the_default_size,
                the_largest_packet_that_was_agreed_is_one_that_the_transport_carries,
                a_request_of_exactly_the_limit_is_sent_and_one_byte_more_is_not,
                a_response_over_the_limit_is_not_sent_and_another_one_can_be,
                a_client_takes_no_more_than_its_own_ceiling,
                sending_does_not_wait_for_the_answer,
                receiving_needs_no_request_first,
                a_rejected_request_has_an_empty_answer_and_the_session_goes_on,
                a_refused_request_is_answered_before_the_end,
                an_id_in_flight_is_not_sent_again_until_its_response_has_come,
                a_response_to_nothing_in_flight_ends_the_session,
                a_session_moves_between_threads,
            }
            waiting: {
                a_server_that_does_not_answer_hello_meets_the_deadline,
                accepting_meets_its_deadline,
                receiving_meets_its_deadline_and_loses_nothing,
                a_response_that_comes_after_a_deadline_is_received_by_the_next_call,
                a_wait_is_as_long_as_its_deadline_whatever_the_one_before_was,
                what_is_sent_while_the_other_side_waits_is_received,
                a_refusal_does_not_wait_longer_than_its_deadline_for_a_client_that_stays,
            }
        }
    };
}

/// The promises that only a baseline transport keeps, as tests of this one.
#[macro_export]
macro_rules! conformance_of_a_baseline {
    ($transport:ty) => {
        $crate::promises! { $transport:
            closing: {
                a_server_answers_nobody_who_has_gone,
            }
            pipelining: {
                a_hundred_requests_in_flight_are_answered_in_any_order,
                large_messages_in_flight_keep_their_chunks_apart,
                batches_and_single_messages_mix_in_flight,
                every_request_in_flight_has_failed_when_the_session_ends,
                a_refusal_reads_away_what_the_client_has_sent_since,
                a_session_that_takes_no_more_requests_still_answers_those_that_came,
                looking_an_id_up_is_not_linear_in_the_number_of_requests_in_flight,
                sending_meets_its_deadline_and_goes_on_where_nothing_had_gone_out,
                a_deadline_in_the_middle_of_a_message_that_is_sent_ends_the_session,
                sending_is_aborted,
                a_handle_ends_a_session_whose_client_does_not_read,
            }
        }
    };
}

/// What a transport promises of allocations, as tests of this one; the program's allocator has to be
/// [`Counting`](crate::support::allocations::Counting).
#[macro_export]
macro_rules! conformance_of_allocation {
    ($transport:ty) => {
        $crate::promises! { $transport:
            allocation: {
                sending_a_message_of_many_packets_copies_none_of_it,
                a_receiver_allocates_a_message_once_and_keeps_the_room,
                the_steady_state_allocates_nothing,
            }
        }
    };
}

/// Makes tests of functions with a transport.
#[doc(hidden)]
#[macro_export]
macro_rules! promises {
    ($transport:ty: $($topic:ident: { $($promise:ident,)* })*) => {
        $($(
            #[test]
            fn $promise() {
                $crate::support::watched($crate::conformance::$topic::$promise::<$transport>);
            }
        )*)*
    };
}
