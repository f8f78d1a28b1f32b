//! Numbers of the kernel's interface (`linux/netfilter/nf_tables.h`).

/// `NFPROTO_INET`: the family of tables that see both IPv4 and IPv6.
pub(super) const INET: u8 = 1;

/// Kinds of messages.
pub(super) mod message {
    pub(crate) const NEW_TABLE: u8 = 0;
    pub(crate) const GET_TABLE: u8 = 1;
    pub(crate) const DELETE_TABLE: u8 = 2;
    pub(crate) const NEW_CHAIN: u8 = 3;
    pub(crate) const GET_CHAIN: u8 = 4;
    pub(crate) const DELETE_CHAIN: u8 = 5;
    pub(crate) const NEW_RULE: u8 = 6;
    pub(crate) const GET_RULE: u8 = 7;
    pub(crate) const DELETE_RULE: u8 = 8;
    pub(crate) const NEW_SET: u8 = 9;
    pub(crate) const GET_SET: u8 = 10;
    pub(crate) const DELETE_SET: u8 = 11;
    pub(crate) const NEW_ELEMENTS: u8 = 12;
    pub(crate) const GET_ELEMENTS: u8 = 13;
    pub(crate) const DELETE_ELEMENTS: u8 = 14;
    pub(crate) const GET_GENERATION: u8 = 16;
}

/// Flags of messages.
pub(super) mod flag {
    pub(crate) const EXCLUSIVE: u16 = 0x200;
    pub(crate) const CREATE: u16 = 0x400;
    pub(crate) const APPEND: u16 = 0x800;
}

/// Attributes of a list.
pub(super) const LIST_ELEMENT: u16 = 1;

/// Attributes of the ruleset's generation.
pub(super) const GENERATION_ID: u16 = 1;

/// Attributes of a table.
pub(super) mod table {
    pub(crate) const NAME: u16 = 1;
    pub(crate) const FLAGS: u16 = 2;
}

/// Attributes of a chain.
pub(super) mod chain {
    pub(crate) const TABLE: u16 = 1;
    pub(crate) const NAME: u16 = 3;
    pub(crate) const HOOK: u16 = 4;
    pub(crate) const POLICY: u16 = 5;
    pub(crate) const TYPE: u16 = 7;
    pub(crate) const HOOK_NUMBER: u16 = 1;
    pub(crate) const HOOK_PRIORITY: u16 = 2;
}

/// Attributes of a rule.
pub(super) mod rule {
    pub(crate) const TABLE: u16 = 1;
    pub(crate) const CHAIN: u16 = 2;
    pub(crate) const EXPRESSIONS: u16 = 4;
    pub(crate) const USER_DATA: u16 = 7;
    /// Within the user data: the comment, as `nft` writes and shows it.
    pub(crate) const COMMENT: u8 = 0;
}

/// Attributes of a set.
pub(super) mod set {
    pub(crate) const TABLE: u16 = 1;
    pub(crate) const NAME: u16 = 2;
    pub(crate) const FLAGS: u16 = 3;
    pub(crate) const KEY_TYPE: u16 = 4;
    pub(crate) const KEY_LENGTH: u16 = 5;
    pub(crate) const DESCRIPTION: u16 = 9;
    pub(crate) const ID: u16 = 10;
    pub(crate) const TIMEOUT: u16 = 11;
    pub(crate) const USER_DATA: u16 = 13;
    /// How many elements there are, which kernels say since 6.16.
    pub(crate) const COUNT: u16 = 20;
    /// Within the description.
    pub(crate) const SIZE: u16 = 1;
    /// Within the user data, as `nft` writes and reads it: the order of a key's bytes, which is that of the network.
    pub(crate) const KEY_ORDER: u8 = 0;
    pub(crate) const KEY_ORDER_NETWORK: u32 = 2;
    pub(crate) const COMMENT: u8 = 7;

    pub(crate) const F_CONSTANT: u32 = 0x2;
    pub(crate) const F_TIMEOUT: u32 = 0x10;
    pub(crate) const F_DYNAMIC: u32 = 0x20;
}

/// Attributes of elements.
pub(super) mod element {
    pub(crate) const TABLE: u16 = 1;
    pub(crate) const SET: u16 = 2;
    pub(crate) const ELEMENTS: u16 = 3;
    pub(crate) const KEY: u16 = 1;
    pub(crate) const TIMEOUT: u16 = 4;
    pub(crate) const EXPIRATION: u16 = 5;
    pub(crate) const EXPRESSION: u16 = 7;
    pub(crate) const EXPRESSIONS: u16 = 11;
    /// Of data.
    pub(crate) const VALUE: u16 = 1;
}
