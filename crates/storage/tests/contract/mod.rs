//! What every backend of the Storage port must do, told without any backend's words.
//!
//! A backend implements [`Backend`] in a test file of its own and calls `contract_tests!`.
pub(crate) mod audit;
pub(crate) mod blocking;
pub(crate) mod closing;
pub(crate) mod history;
pub(crate) mod make;
pub(crate) mod own_bans;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod tasks;

use domain::Storage;

/// A new, empty storage that nobody else uses, gone when dropped.
pub(crate) trait Backend {
    /// Makes one.
    fn open() -> Self;

    /// The storage.
    fn storage(&self) -> &dyn Storage;
}

/// Makes a test of each case of the suite.
macro_rules! contract_tests {
    ($backend:ty) => {
        $crate::contract::contract_tests! { $backend;
            setup::setup_of_new_storage_is_open_and_there_are_no_settings
            setup::setup_completed_leaves_flag_settings_admin_and_entry
            setup::setup_completed_again_writes_nothing
            setup::setup_completed_by_many_at_once_is_done_by_exactly_one
            setup::settings_saved_replace_all_and_leave_an_entry
            setup::settings_saved_before_setup_are_refused_and_leave_no_entry
            setup::user_that_does_not_exist_is_none
            setup::password_changed_ends_the_other_sessions_and_leaves_an_entry
            setup::password_of_unknown_user_is_refused_and_leaves_no_entry
            sessions::session_created_is_found_by_its_token_as_it_was
            sessions::session_of_unknown_token_is_none
            sessions::session_past_its_limits_is_still_found
            sessions::session_of_unknown_user_is_refused_and_leaves_no_entry
            sessions::session_with_taken_token_or_id_is_refused_and_the_first_stands
            sessions::sessions_of_user_are_the_running_ones_last_used_first
            sessions::sessions_of_user_are_at_most_200
            sessions::addresses_of_sessions_are_those_of_running_ones_each_once
            sessions::session_touched_moves_forward_and_never_back
            sessions::session_touched_after_its_end_stays_ended
            sessions::session_revoked_is_gone_and_leaves_an_entry
            sessions::session_of_another_user_is_not_revoked_and_leaves_no_entry
            sessions::sessions_revoked_but_one_keep_that_one
            sessions::sessions_expired_before_now_are_deleted_and_no_others
            audit::entry_recorded_is_read_back_as_it_was
            audit::entries_of_every_action_and_outcome_are_read_back
            audit::nothing_recorded_is_an_empty_page
            audit::pages_of_every_filter_are_what_a_plain_filter_gives
            audit::entries_of_one_moment_are_each_on_exactly_one_page
            audit::page_is_not_moved_by_entries_that_come_later
            audit::page_token_from_elsewhere_is_refused
            audit::entry_that_could_not_be_read_back_is_refused_with_its_batch
            history::failing_again_after_a_ban_that_is_over_is_listed_with_what_came_since
            history::failing_is_ordered_by_what_counts_after_the_ban
            history::failing_that_is_cut_has_the_first_by_what_counts
            history::failing_in_the_hour_in_which_the_ban_ended_counts_that_hour_whole
            history::last_heard_of_a_jail_is_its_newest_failure_and_ban
            history::pages_of_random_filters_are_what_a_plain_filter_gives
            history::pages_walked_while_others_write_have_each_event_once
            history::page_token_of_events_from_elsewhere_is_refused
            history::series_of_random_filters_are_what_counting_gives
            history::tops_of_random_filters_are_what_counting_gives
            history::top_that_is_cut_has_the_first_and_the_whole_total
            history::subject_is_known_jail_by_jail
            tasks::runs_kept_are_read_back_as_they_were_by_name
            tasks::run_kept_again_replaces_the_one_before
            blocking::list_added_is_read_back_as_it_was
            blocking::list_of_a_name_that_is_taken_is_not_added_nor_changed
            blocking::list_changed_to_another_address_forgets_its_content
            blocking::list_removed_takes_its_copies_and_runs_along
            blocking::copy_taken_replaces_the_one_in_force
            blocking::copy_that_waits_leaves_the_one_in_force_until_it_is_taken
            blocking::copy_refused_is_gone_and_its_content_forgotten
            blocking::try_of_a_list_that_is_gone_is_not_kept
            blocking::runs_are_read_back_newest_first_and_the_last_hundred_are_kept
            blocking::run_that_failed_is_read_back_with_its_reason
            blocking::allowlist_entry_is_there_once_for_each_host
            blocking::allowlist_entry_changed_has_the_new_note_and_expiry
            blocking::allowlist_entry_removed_holds_no_more_and_stays_until_forgotten
            blocking::allowlist_entry_that_expired_can_be_made_anew
            own_bans::own_bans_are_read_back_as_they_were_page_by_page
            own_bans::own_bans_in_force_are_those_neither_over_nor_ended
            own_bans::own_ban_of_the_same_network_replaces_the_one_before
            own_bans::own_bans_that_meet_a_network_are_found
            own_bans::own_ban_taken_back_leaves_the_one_that_it_replaced_in_force
            own_bans::own_bans_of_another_host_are_not_ended
            own_bans::own_ban_ended_stays_ended_when_the_clock_is_set_back
            own_bans::own_bans_forgotten_are_those_that_ended_before
            blocking::try_of_another_address_is_not_kept
            blocking::allowlist_entry_keeps_what_its_name_was_and_whether_it_was_written
            blocking::protected_networks_kept_replace_those_before
            closing::ping_of_open_storage_answers
            closing::calls_after_closing_answer_closed
        }
    };
    ($backend:ty; $($module:ident::$case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let backend = <$backend as $crate::contract::Backend>::open();
            $crate::contract::$module::$case($crate::contract::Backend::storage(&backend)).await;
        }
    )+};
}
pub(crate) use contract_tests;
