//! What travels between client and daemon.

use std::fmt;

/// A Python value, as far as the daemon sends them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Python's `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// An integer that does not fit, in decimal digits.
    BigInt(String),
    /// A floating point number.
    Float(f64),
    /// Text. Addresses arrive as text; what was not valid Unicode carries replacement characters.
    Str(String),
    /// Bytes that are not text.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A dict, in the order in which it was sent.
    Dict(Vec<(Value, Value)>),
    /// A set, in the order in which it was sent.
    Set(Vec<Value>),
    /// An object of another class; exceptions among them.
    Object(Box<Object>),
    /// A class or function by its dotted name.
    Global(String),
}

/// An object as it was sent: its class by name, never an instance of anything here.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Dotted name of the class, such as `builtins.ValueError`.
    pub class: String,
    /// What its constructor was given.
    pub args: Vec<Value>,
    /// The state that was set afterwards.
    pub state: Option<Value>,
}

impl Value {
    /// Text.
    pub fn str(text: impl Into<String>) -> Self {
        Self::Str(text.into())
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if it is one that fits; `True` and `False` are not.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    #[must_use]
    pub fn as_items(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) | Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The pairs of a dict.
    #[must_use]
    pub fn as_pairs(&self) -> Option<&[(Value, Value)]> {
        match self {
            Self::Dict(pairs) => Some(pairs),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

/// For people: text as it is, everything else close to how Python prints it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => f.write_str(text),
            other => other.fmt_nested(f),
        }
    }
}

impl Value {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(number) => write!(f, "{number}"),
            Self::BigInt(digits) => f.write_str(digits),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Str(text) => write!(f, "'{}'", text.escape_debug()),
            Self::Bytes(bytes) => write!(f, "b'{}'", bytes.escape_ascii()),
            Self::List(items) => fmt_items(f, '[', items, ']'),
            Self::Tuple(items) => fmt_items(f, '(', items, ')'),
            Self::Set(items) => fmt_items(f, '{', items, '}'),
            Self::Dict(pairs) => fmt_pairs(f, pairs),
            Self::Object(object) => {
                f.write_str(&object.class)?;
                fmt_items(f, '(', &object.args, ')')
            }
            Self::Global(name) => write!(f, "<{name}>"),
        }
    }
}

fn fmt_items(f: &mut fmt::Formatter<'_>, open: char, items: &[Value], close: char) -> fmt::Result {
    write!(f, "{open}")?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        item.fmt_nested(f)?;
    }
    write!(f, "{close}")
}

fn fmt_pairs(f: &mut fmt::Formatter<'_>, pairs: &[(Value, Value)]) -> fmt::Result {
    f.write_str("{")?;
    for (at, (key, value)) in pairs.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        key.fmt_nested(f)?;
        f.write_str(": ")?;
        value.fmt_nested(f)?;
    }
    f.write_str("}")
}
