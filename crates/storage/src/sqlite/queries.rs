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
    USERS_BY_ID = "users/by_id.sql";
    USERS_BY_NAME = "users/by_name.sql";
    USERS_INSERT = "users/insert.sql";
    USERS_SET_PASSWORD = "users/set_password.sql";
}
