//! Values under construction: they may be shared and changed after they were shared.

use super::{Limits, Object, ProtocolError, Value};

/// Where a value stands in the arena.
pub(super) type Index = u32;

/// A value whose parts are named by index.
#[derive(Debug)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Int(i64),
    BigInt(&'a [u8]),
    Float(f64),
    /// Bytes that are mostly text; `lenient` ones become bytes when they are not.
    Text {
        bytes: &'a [u8],
        lenient: bool,
    },
    Bytes(&'a [u8]),
    List(Vec<Index>),
    Tuple(Vec<Index>),
    Dict(Vec<(Index, Index)>),
    Set(Vec<Index>),
    Global(String),
    Object {
        class: Index,
        args: Index,
        state: Option<Index>,
    },
}

/// Turns the graph under `root` into a tree, counting what that costs.
///
/// Shared parts are copied, so a few bytes can describe a very large tree; the limits stop that.
pub(super) fn grow(
    nodes: &[Node<'_>],
    root: Index,
    limits: &Limits,
) -> Result<Value, ProtocolError> {
    let mut grower = Grower {
        nodes,
        limits,
        values: limits.max_values,
        text: limits.max_text_bytes,
    };
    grower.value(root, 1)
}

struct Grower<'n, 'a> {
    nodes: &'n [Node<'a>],
    limits: &'n Limits,
    values: usize,
    text: usize,
}

impl<'n, 'a> Grower<'n, 'a> {
    fn node(&self, index: Index) -> Result<&'n Node<'a>, ProtocolError> {
        self.nodes
            .get(index as usize)
            .ok_or(ProtocolError::Truncated)
    }

    fn value(&mut self, index: Index, depth: usize) -> Result<Value, ProtocolError> {
        if depth > self.limits.max_depth {
            return Err(ProtocolError::TooDeep {
                limit: self.limits.max_depth,
            });
        }
        Ok(match self.node(index)? {
            Node::None => Value::None,
            Node::Bool(truth) => Value::Bool(*truth),
            Node::Int(number) => Value::Int(*number),
            Node::BigInt(bytes) => Value::BigInt(decimal(bytes)),
            Node::Float(number) => Value::Float(*number),
            Node::Text { bytes, lenient } => self.text(bytes, *lenient)?,
            Node::Bytes(bytes) => {
                self.spend_text(bytes.len())?;
                Value::Bytes(bytes.to_vec())
            }
            Node::List(items) => Value::List(self.items(items, depth)?),
            Node::Tuple(items) => Value::Tuple(self.items(items, depth)?),
            Node::Set(items) => Value::Set(self.items(items, depth)?),
            Node::Dict(pairs) => Value::Dict(self.pairs(pairs, depth)?),
            Node::Global(name) => {
                self.spend_text(name.len())?;
                Value::Global(name.clone())
            }
            Node::Object { class, args, state } => self.object(*class, *args, *state, depth)?,
        })
    }

    fn text(&mut self, bytes: &[u8], lenient: bool) -> Result<Value, ProtocolError> {
        let text = std::str::from_utf8(bytes);
        // A replacement character takes three bytes where one wrong byte stood.
        let worst = if text.is_ok() {
            bytes.len()
        } else {
            bytes.len().saturating_mul(3)
        };
        self.spend_text(worst)?;
        Ok(match text {
            Ok(text) => Value::Str(text.to_owned()),
            Err(_) if lenient => Value::Bytes(bytes.to_vec()),
            Err(_) => Value::Str(String::from_utf8_lossy(bytes).into_owned()),
        })
    }

    fn items(&mut self, items: &[Index], depth: usize) -> Result<Vec<Value>, ProtocolError> {
        self.spend_values(items.len())?;
        let mut grown = Vec::with_capacity(items.len());
        for item in items {
            grown.push(self.value(*item, depth + 1)?);
        }
        Ok(grown)
    }

    fn pairs(
        &mut self,
        pairs: &[(Index, Index)],
        depth: usize,
    ) -> Result<Vec<(Value, Value)>, ProtocolError> {
        self.spend_values(pairs.len().saturating_mul(2))?;
        let mut grown = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            grown.push((self.value(*key, depth + 1)?, self.value(*value, depth + 1)?));
        }
        Ok(grown)
    }

    fn object(
        &mut self,
        class: Index,
        args: Index,
        state: Option<Index>,
        depth: usize,
    ) -> Result<Value, ProtocolError> {
        let (Node::Global(name), Node::Tuple(args)) = (self.node(class)?, self.node(args)?) else {
            return Err(ProtocolError::Truncated);
        };
        self.spend_text(name.len())?;
        self.spend_values(1)?;
        let args = self.items(args, depth)?;
        let state = state
            .map(|state| self.value(state, depth + 1))
            .transpose()?;
        Ok(Value::Object(Box::new(Object {
            class: name.clone(),
            args,
            state,
        })))
    }

    fn spend_values(&mut self, count: usize) -> Result<(), ProtocolError> {
        let limit = self.limits.max_values;
        self.values = self
            .values
            .checked_sub(count)
            .ok_or(ProtocolError::TooManyValues { limit })?;
        Ok(())
    }

    fn spend_text(&mut self, bytes: usize) -> Result<(), ProtocolError> {
        let limit = self.limits.max_text_bytes;
        self.text = self
            .text
            .checked_sub(bytes)
            .ok_or(ProtocolError::TooLarge { limit })?;
        Ok(())
    }
}

/// Decimal digits of a little-endian two's complement number of a few bytes.
fn decimal(bytes: &[u8]) -> String {
    let negative = bytes.last().is_some_and(|last| *last >= 0x80);
    let mut magnitude = bytes.to_vec();
    if negative {
        let mut carry = true;
        for byte in &mut magnitude {
            let (sum, overflow) = (!*byte).overflowing_add(u8::from(carry));
            *byte = sum;
            carry = overflow;
        }
    }
    let mut digits = Vec::new();
    while magnitude.iter().any(|byte| *byte != 0) {
        let mut remainder = 0_u16;
        for byte in magnitude.iter_mut().rev() {
            let current = remainder << 8 | u16::from(*byte);
            *byte = u8::try_from(current / 10).unwrap_or(u8::MAX);
            remainder = current % 10;
        }
        digits.push(char::from(
            b'0' + u8::try_from(remainder).unwrap_or_default(),
        ));
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if negative {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_of_twos_complement_is_pythons() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0xff]), "-1");
        assert_eq!(
            decimal(&[0, 0, 0, 0, 0, 0, 0, 0, 1]),
            "18446744073709551616"
        );
        assert_eq!(
            decimal(&[0, 0, 0, 0, 0, 0, 0, 0, 0xff]),
            "-18446744073709551616"
        );
    }
}
