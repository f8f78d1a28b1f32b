//! A reader of Python's `repr` of plain values.

use super::{DumpError, DumpLimits};
use crate::protocol::Value;

/// Walks over the text; each value costs memory in proportion to its bytes.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    max_depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, limits: &DumpLimits) -> Result<Self, DumpError> {
        let parser = Self {
            text,
            at: 0,
            max_depth: limits.max_depth,
        };
        if text.len() > limits.max_bytes {
            return Err(parser.error("the text is too large"));
        }
        Ok(parser)
    }

    pub(super) fn stream(mut self) -> Result<Vec<Vec<Value>>, DumpError> {
        let mut commands = Vec::new();
        loop {
            self.skip_space();
            if self.rest().is_empty() {
                return Ok(commands);
            }
            if self.peek() != Some('[') {
                return Err(self.error("a command is a list"));
            }
            if let Value::List(command) = self.value(1)? {
                commands.push(command);
            }
            self.end_of_line()?;
        }
    }

    pub(super) fn only_value(mut self) -> Result<Value, DumpError> {
        self.skip_space();
        let value = self.value(1)?;
        self.skip_space();
        if self.rest().is_empty() {
            Ok(value)
        } else {
            Err(self.error("text after the value"))
        }
    }

    /// Two commands on one line are the sign of something else than a dump.
    fn end_of_line(&mut self) -> Result<(), DumpError> {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
        if !trimmed.is_empty() && !trimmed.starts_with('\n') {
            return Err(self.error("text after the command"));
        }
        self.at += rest.len() - trimmed.len();
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value, DumpError> {
        if depth > self.max_depth {
            return Err(self.error("nested too deeply"));
        }
        match self.peek() {
            Some('[') => Ok(Value::List(self.items(']', depth)?.0)),
            Some('(') => self.tuple(depth),
            Some('{') => self.braces(depth),
            Some('\'' | '"') => Ok(Value::Str(self.string()?)),
            Some('-' | '+' | '.' | '0'..='9') => self.number(),
            Some(c) if c.is_ascii_alphabetic() => self.word(),
            Some(_) => Err(self.error("not the start of a value")),
            None => Err(self.error("the text ends in the middle")),
        }
    }

    /// A list's or tuple's items, and whether the last was followed by a comma.
    fn items(&mut self, close: char, depth: usize) -> Result<(Vec<Value>, bool), DumpError> {
        self.bump();
        self.items_after(Vec::new(), close, depth)
    }

    fn items_after(
        &mut self,
        mut items: Vec<Value>,
        close: char,
        depth: usize,
    ) -> Result<(Vec<Value>, bool), DumpError> {
        let mut comma = false;
        loop {
            self.skip_space();
            if !items.is_empty() {
                comma = self.eat(',');
                self.skip_space();
            }
            if self.eat(close) {
                return Ok((items, comma));
            }
            if !items.is_empty() && !comma {
                return Err(self.error("expected a comma"));
            }
            items.push(self.value(depth + 1)?);
        }
    }

    /// `(x)` is `x`, `(x,)` is a tuple of one.
    fn tuple(&mut self, depth: usize) -> Result<Value, DumpError> {
        let (mut items, comma) = self.items(')', depth)?;
        match (items.len(), comma) {
            (1, false) => items.pop().ok_or_else(|| self.error("an empty value")),
            _ => Ok(Value::Tuple(items)),
        }
    }

    fn braces(&mut self, depth: usize) -> Result<Value, DumpError> {
        self.bump();
        self.skip_space();
        if self.eat('}') {
            return Ok(Value::Dict(Vec::new()));
        }
        let first = self.value(depth + 1)?;
        self.skip_space();
        if self.peek() == Some(':') {
            return self.dict(first, depth);
        }
        Ok(Value::Set(self.items_after(vec![first], '}', depth)?.0))
    }

    fn dict(&mut self, first: Value, depth: usize) -> Result<Value, DumpError> {
        let mut pairs = Vec::new();
        let mut key = first;
        loop {
            self.skip_space();
            if !self.eat(':') {
                return Err(self.error("expected a colon"));
            }
            self.skip_space();
            pairs.push((key, self.value(depth + 1)?));
            self.skip_space();
            let comma = self.eat(',');
            self.skip_space();
            if self.eat('}') {
                return Ok(Value::Dict(pairs));
            }
            if !comma {
                return Err(self.error("expected a comma"));
            }
            key = self.value(depth + 1)?;
        }
    }

    fn word(&mut self) -> Result<Value, DumpError> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        let value = match word {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            "nan" => Value::Float(f64::NAN),
            "inf" => Value::Float(f64::INFINITY),
            "u" | "b" if after.starts_with(['\'', '"']) => {
                self.at += 1;
                return if word == "u" {
                    Ok(Value::Str(self.string()?))
                } else {
                    self.bytes()
                };
            }
            "set" if after.starts_with("()") => {
                self.at += 5;
                return Ok(Value::Set(Vec::new()));
            }
            _ => return Err(self.error("an unknown word")),
        };
        self.at += length;
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, DumpError> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '+' | '-'))
            .unwrap_or(rest.len());
        let (text, _) = rest.split_at(length);
        let digits = text.trim_end_matches('L');
        let value = if let Ok(number) = digits.parse::<i64>() {
            Value::Int(number)
        } else if is_integer(digits) {
            Value::BigInt(digits.to_owned())
        } else {
            match text.parse::<f64>() {
                Ok(number) => Value::Float(number),
                Err(_) => return Err(self.error("not a number")),
            }
        };
        self.at += length;
        Ok(value)
    }

    fn string(&mut self) -> Result<String, DumpError> {
        let mut out = String::new();
        self.quoted(|unit| {
            // Half of a surrogate pair stands for a byte that was not text.
            out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
            Some(())
        })?;
        Ok(out)
    }

    fn bytes(&mut self) -> Result<Value, DumpError> {
        let mut out = Vec::new();
        self.quoted(|unit| u8::try_from(unit).map(|byte| out.push(byte)).ok())?;
        Ok(Value::Bytes(out))
    }

    /// Gives each character between the quotes, escapes resolved.
    fn quoted(&mut self, mut put: impl FnMut(u32) -> Option<()>) -> Result<(), DumpError> {
        let quote = self.bump();
        loop {
            let unit = match self.bump() {
                None | Some('\n') => return Err(self.error("a text without an end")),
                Some('\\') => self.escape()?,
                end if end == quote => return Ok(()),
                Some(plain) => Some(u32::from(plain)),
            };
            if let Some(unit) = unit
                && put(unit).is_none()
            {
                return Err(self.error("not a byte"));
            }
        }
    }

    fn escape(&mut self) -> Result<Option<u32>, DumpError> {
        let code = match self.bump() {
            Some(c @ ('\\' | '\'' | '"')) => u32::from(c),
            Some('n') => 0x0a,
            Some('r') => 0x0d,
            Some('t') => 0x09,
            Some('a') => 0x07,
            Some('b') => 0x08,
            Some('f') => 0x0c,
            Some('v') => 0x0b,
            Some('0') => 0x00,
            Some('\n') => return Ok(None),
            Some('x') => self.hex(2)?,
            Some('u') => self.hex(4)?,
            Some('U') => self.hex(8)?,
            _ => return Err(self.error("an unknown escape")),
        };
        Ok(Some(code))
    }

    fn hex(&mut self, length: usize) -> Result<u32, DumpError> {
        let digits = self
            .rest()
            .get(..length)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.error("not hexadecimal digits"))?;
        self.at += length;
        Ok(code)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    fn error(&self, problem: &'static str) -> DumpError {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        DumpError {
            line,
            column: before.len() - line_start + 1,
            problem,
        }
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
