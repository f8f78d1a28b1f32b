//! Every statement, from its file under `queries/`.

macro_rules! queries {
    ($($name:ident = $file:literal;)+) => {
        $(pub(super) const $name: &str = include_str!(concat!("../../queries/", $file));)+

        /// Each file with its text, for the test that prepares them all.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$(($file, $name)),+];
    };
}

queries! {
    AUDIT_INSERT = "audit/insert.sql";
    AUDIT_PAGE = "audit/page.sql";
    AUDIT_PAGE_BY_ACTION = "audit/page_by_action.sql";
    AUDIT_PAGE_BY_ACTION_OUTCOME = "audit/page_by_action_outcome.sql";
    AUDIT_PAGE_BY_OUTCOME = "audit/page_by_outcome.sql";
    AUDIT_PAGE_BY_USER = "audit/page_by_user.sql";
    AUDIT_PAGE_BY_USER_ACTION = "audit/page_by_user_action.sql";
    AUDIT_PAGE_BY_USER_ACTION_OUTCOME = "audit/page_by_user_action_outcome.sql";
    AUDIT_PAGE_BY_USER_OUTCOME = "audit/page_by_user_outcome.sql";
    EVENTS_ADDRESS_NEWEST = "events/address_newest.sql";
    EVENTS_ADDRESS_OLDEST = "events/address_oldest.sql";
    EVENTS_AFTER = "events/after.sql";
    EVENTS_BANNED = "events/banned.sql";
    EVENTS_BANS = "events/bans.sql";
    EVENTS_BANS_OF_TEXT = "events/bans_of_text.sql";
    EVENTS_BY_ID = "events/by_id.sql";
    EVENTS_COUNT_ALL_OF_COUNTRY = "events/count_all_of_country.sql";
    EVENTS_COUNT_ALL_OF_NETWORK = "events/count_all_of_network.sql";
    EVENTS_COUNT_COUNTRY = "events/count_country.sql";
    EVENTS_COUNT_IN_NETWORK = "events/count_in_network.sql";
    EVENTS_COUNT_JAIL = "events/count_jail.sql";
    EVENTS_COUNT_KIND = "events/count_kind.sql";
    EVENTS_COUNT_NETWORK = "events/count_network.sql";
    EVENTS_COUNTRIES_OF_NETWORK = "events/countries_of_network.sql";
    EVENTS_DELETE = "events/delete.sql";
    EVENTS_ENRICH = "events/enrich.sql";
    EVENTS_FORGETTABLE = "events/forgettable.sql";
    EVENTS_IN_NETWORK = "events/in_network.sql";
    EVENTS_INSERT = "events/insert.sql";
    EVENTS_KNOWN = "events/known.sql";
    EVENTS_LINES = "events/lines.sql";
    EVENTS_LINES_DELETE = "events/lines_delete.sql";
    EVENTS_LINES_INSERT = "events/lines_insert.sql";
    EVENTS_NEWEST = "events/newest.sql";
    EVENTS_OLDEST = "events/oldest.sql";
    EVENTS_PAGE_COUNTRY_NEWEST = "events/page_country_newest.sql";
    EVENTS_PAGE_COUNTRY_OLDEST = "events/page_country_oldest.sql";
    EVENTS_PAGE_JAIL_NEWEST = "events/page_jail_newest.sql";
    EVENTS_PAGE_JAIL_OLDEST = "events/page_jail_oldest.sql";
    EVENTS_PAGE_KIND_NEWEST = "events/page_kind_newest.sql";
    EVENTS_PAGE_KIND_OLDEST = "events/page_kind_oldest.sql";
    EVENTS_PAGE_NETWORK_NEWEST = "events/page_network_newest.sql";
    EVENTS_PAGE_NETWORK_OLDEST = "events/page_network_oldest.sql";
    EVENTS_PLACE = "events/place.sql";
    EVENTS_PLACE_STRETCH_NEWEST = "events/place_stretch_newest.sql";
    EVENTS_PLACE_STRETCH_OLDEST = "events/place_stretch_oldest.sql";
    EVENTS_SORTS_OF_COUNTRY = "events/sorts_of_country.sql";
    EVENTS_SORTS_OF_NETWORK = "events/sorts_of_network.sql";
    EVENTS_STRETCH_NEWEST = "events/stretch_newest.sql";
    EVENTS_STRETCH_OLDEST = "events/stretch_oldest.sql";
    EVENTS_SUBJECT = "events/subject.sql";
    EVENTS_TEXT_NEWEST = "events/text_newest.sql";
    EVENTS_TEXT_OLDEST = "events/text_oldest.sql";
    EVENTS_TIMES_NEWEST = "events/times_newest.sql";
    EVENTS_TIMES_OLDEST = "events/times_oldest.sql";
    FAILURES_ADD = "failures/add.sql";
    FAILURES_FORGET = "failures/forget.sql";
    FAILURES_SINCE = "failures/since.sql";
    HISTORY_ACTOR = "history/actor.sql";
    HISTORY_ACTOR_BY_ID = "history/actor_by_id.sql";
    HISTORY_ACTOR_INSERT = "history/actor_insert.sql";
    HISTORY_ADD = "history/add.sql";
    HISTORY_BYTES = "history/bytes.sql";
    HISTORY_CURSOR = "history/cursor.sql";
    HISTORY_CURSOR_SAVE = "history/cursor_save.sql";
    HISTORY_FIGURES = "history/figures.sql";
    HISTORY_FORGET = "history/forget.sql";
    HISTORY_HOST = "history/host.sql";
    HISTORY_HOST_INSERT = "history/host_insert.sql";
    HISTORY_JAIL = "history/jail.sql";
    HISTORY_JAIL_INSERT = "history/jail_insert.sql";
    HISTORY_JAILS = "history/jails.sql";
    HISTORY_TEXT = "history/text.sql";
    HISTORY_TEXT_BY_ID = "history/text_by_id.sql";
    HISTORY_TEXT_INSERT = "history/text_insert.sql";
    RECENT_CHUNKS = "recent/chunks.sql";
    RECENT_DELETE = "recent/delete.sql";
    RECENT_GENERATION = "recent/generation.sql";
    RECENT_SAVE = "recent/save.sql";
    RECENT_STATE = "recent/state.sql";
    RECENT_STATE_SAVE = "recent/state_save.sql";
    ROLLUPS_BY_THREE = "rollups/by_three.sql";
    ROLLUPS_BY_TWO = "rollups/by_two.sql";
    ROLLUPS_FIRST_BLOCK = "rollups/first_block.sql";
    ROLLUPS_LAST_BLOCK = "rollups/last_block.sql";
    ROLLUPS_ROW = "rollups/row.sql";
    ROLLUPS_SAVE = "rollups/save.sql";
    SCHEMA_INSERT = "schema/insert.sql";
    SCHEMA_IS_OURS = "schema/is_ours.sql";
    SCHEMA_PING = "schema/ping.sql";
    SCHEMA_VERSION = "schema/version.sql";
    SESSIONS_BY_TOKEN = "sessions/by_token.sql";
    SESSIONS_DELETE_EXPIRED = "sessions/delete_expired.sql";
    SESSIONS_DELETE_OF_USER = "sessions/delete_of_user.sql";
    SESSIONS_DELETE_ONE = "sessions/delete_one.sql";
    SESSIONS_INSERT = "sessions/insert.sql";
    SESSIONS_OF_USER = "sessions/of_user.sql";
    SESSIONS_TOUCH = "sessions/touch.sql";
    SETTINGS_CURRENT = "settings/current.sql";
    SETTINGS_INSERT = "settings/insert.sql";
    SETTINGS_UPDATE = "settings/update.sql";
    SETUP_COMPLETE = "setup/complete.sql";
    SETUP_COMPLETED = "setup/completed.sql";
    SUBJECTS_IN_JAILS = "subjects/in_jails.sql";
    SUBJECTS_OFFENDER_SAVE = "subjects/offender_save.sql";
    SUBJECTS_OFFENDERS = "subjects/offenders.sql";
    SUBJECTS_REPEATER_SAVE = "subjects/repeater_save.sql";
    SUBJECTS_REPEATERS = "subjects/repeaters.sql";
    SUBJECTS_SAVE = "subjects/save.sql";
    USERS_BY_ID = "users/by_id.sql";
    USERS_BY_NAME = "users/by_name.sql";
    USERS_INSERT = "users/insert.sql";
    USERS_SET_PASSWORD = "users/set_password.sql";
}
