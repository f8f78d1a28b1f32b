//! What parentheses can mean.

use super::{Flags, Node, Parser, SyntaxError};

impl Parser {
    /// What an opening parenthesis begins. Comments and flags are nothing by themselves.
    pub(super) fn group(&mut self) -> Result<Option<Node>, SyntaxError> {
        if !self.take("?") {
            return self.capture(None).map(Some);
        }
        let Some(c) = self.next() else {
            return Err(self.wrong("unexpected end of pattern"));
        };
        Ok(Some(match c {
            ':' => self.plain()?,
            '>' => Node::Atomic(Box::new(self.closed()?)),
            '=' => self.look(true, false)?,
            '!' => self.look(true, true)?,
            'P' => self.python()?,
            '#' => return self.comment(),
            '<' if self.take("=") => self.look(false, false)?,
            '<' if self.take("!") => self.look(false, true)?,
            '(' => self.conditional()?,
            'a' | 'i' | 'L' | 'm' | 's' | 'u' | 'x' | '-' => return self.flags(c),
            _ => return Err(self.wrong("unknown extension")),
        }))
    }

    /// The rest up to the closing parenthesis. Flags that are set within end with it.
    fn closed(&mut self) -> Result<Node, SyntaxError> {
        let flags = self.flags;
        let inner = self.alternatives()?;
        self.flags = flags;
        if !self.take(")") {
            return Err(self.wrong("missing ), unterminated subpattern"));
        }
        Ok(inner)
    }

    fn plain(&mut self) -> Result<Node, SyntaxError> {
        let inner = Box::new(self.closed()?);
        Ok(Node::Group {
            number: None,
            inner,
        })
    }

    fn capture(&mut self, name: Option<String>) -> Result<Node, SyntaxError> {
        if name.is_some() && self.groups.contains(&name) {
            return Err(self.wrong("redefinition of group name"));
        }
        self.groups.push(name);
        let number = self.groups.len();
        self.open.push(number);
        let inner = self.closed()?;
        self.open.pop();
        Ok(Node::Group {
            number: Some(number),
            inner: Box::new(inner),
        })
    }

    fn python(&mut self) -> Result<Node, SyntaxError> {
        match self.next() {
            Some('<') => {
                let name = self.name('>')?;
                self.capture(Some(name))
            }
            Some('=') => {
                let name = self.name(')')?;
                let number = self.named_group(&name)?;
                self.closed_group(number).map(Node::Back)
            }
            Some(_) => Err(self.wrong("unknown extension")),
            None => Err(self.wrong("unexpected end of pattern")),
        }
    }

    fn named_group(&self, name: &str) -> Result<usize, SyntaxError> {
        let at = self
            .groups
            .iter()
            .position(|known| known.as_deref() == Some(name));
        at.map(|at| at + 1)
            .ok_or_else(|| self.wrong("unknown group name"))
    }

    fn name(&mut self, end: char) -> Result<String, SyntaxError> {
        let name = self.until(end)?;
        let mut chars = name.chars();
        let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if !starts || !chars.all(|c| c.is_alphanumeric() || c == '_') {
            return Err(self.wrong("bad character in group name"));
        }
        Ok(name)
    }

    fn until(&mut self, end: char) -> Result<String, SyntaxError> {
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.wrong("unterminated name")),
                Some(c) if c == end => return Ok(text),
                Some(c) => text.push(c),
            }
        }
    }

    fn comment(&mut self) -> Result<Option<Node>, SyntaxError> {
        loop {
            match self.next() {
                None => return Err(self.wrong("missing ), unterminated comment")),
                Some(')') => return Ok(None),
                Some(_) => {}
            }
        }
    }

    fn look(&mut self, ahead: bool, negative: bool) -> Result<Node, SyntaxError> {
        let outer = self.behind;
        if !ahead {
            self.behind = outer.or(Some(self.groups.len()));
        }
        let inner = self.closed()?;
        self.behind = outer;
        if !ahead && width(&inner).is_some_and(|(least, most)| Some(least) != most) {
            return Err(self.wrong("look-behind requires fixed-width pattern"));
        }
        Ok(Node::Look {
            ahead,
            negative,
            inner: Box::new(inner),
        })
    }

    fn conditional(&mut self) -> Result<Node, SyntaxError> {
        self.deeper()?;
        let name = self.until(')')?;
        let group = match name.parse() {
            Ok(number) if number > 0 => number,
            Ok(_) => return Err(self.wrong("bad group number")),
            Err(_) => self.named_group(&name)?,
        };
        self.greatest = self.greatest.max(group);
        if self.behind.is_some() {
            self.closed_group(group)?;
        }
        let yes = self.sequence()?;
        let no = if self.take("|") {
            self.sequence()?
        } else {
            Node::Sequence(Vec::new())
        };
        if self.peek() == Some('|') {
            return Err(self.wrong("conditional backref with more than two branches"));
        }
        if !self.take(")") {
            return Err(self.wrong("missing ), unterminated subpattern"));
        }
        self.depth -= 1;
        Ok(Node::If {
            group,
            yes: Box::new(yes),
            no: Box::new(no),
        })
    }

    fn flags(&mut self, first: char) -> Result<Option<Node>, SyntaxError> {
        let before = self.flags;
        let (mut c, mut on) = (first, true);
        loop {
            match c {
                'i' => self.flags.set(Flags::ANY_CASE, on),
                'm' => self.flags.set(Flags::MULTI_LINE, on),
                's' => self.flags.set(Flags::DOT_ALL, on),
                'x' => self.flags.set(Flags::VERBOSE, on),
                'a' if on => self.flags.set(Flags::ASCII, true),
                'u' if on => {}
                '-' if on => on = false,
                // Until the end of the whole, also when it stands within a group.
                ')' if on => return Ok(None),
                ':' => break,
                _ => return Err(self.wrong("unknown flag")),
            }
            c = match self.next() {
                Some(c) => c,
                None => return Err(self.wrong("missing -, : or )")),
            };
        }
        let inner = self.closed();
        self.flags = before;
        Ok(Some(Node::Group {
            number: None,
            inner: Box::new(inner?),
        }))
    }
}

/// The least and the most characters that a part takes; `None` where that cannot be told, no end where there is none.
fn width(node: &Node) -> Option<(u64, Option<u64>)> {
    let of_all = |items: &[Node]| {
        let widths = items.iter().map(width);
        widths.collect::<Option<Vec<_>>>()
    };
    Some(match node {
        Node::One(_) => (1, Some(1)),
        Node::At(_) | Node::Look { .. } => (0, Some(0)),
        Node::Group { inner, .. } | Node::Atomic(inner) => return width(inner),
        Node::Repeat(repeat) => {
            let (least, most) = width(&repeat.inner)?;
            let max = repeat.max.map(u64::from);
            let times = |most: u64| match most {
                0 => Some(0),
                most => max.map(|max| most.saturating_mul(max)),
            };
            let most = most.and_then(times);
            (least.saturating_mul(repeat.min.into()), most)
        }
        Node::Sequence(items) => {
            let nothing = (0_u64, Some(0_u64));
            let add = |(least, most): (u64, Option<u64>), (low, high): (u64, Option<u64>)| {
                let most = most.zip(high).map(|(most, high)| most.saturating_add(high));
                (least.saturating_add(low), most)
            };
            of_all(items)?.into_iter().fold(nothing, add)
        }
        Node::Either(items) => either(&of_all(items)?)?,
        Node::If { yes, no, .. } => either(&[width(yes)?, width(no)?])?,
        Node::Back(_) => return None,
    })
}

fn either(widths: &[(u64, Option<u64>)]) -> Option<(u64, Option<u64>)> {
    let least = widths.iter().map(|(least, _)| *least).min()?;
    let most = widths.iter().map(|(_, most)| *most);
    let most = most
        .collect::<Option<Vec<_>>>()
        .map(|all| all.into_iter().max().unwrap_or(0));
    Some((least, most))
}
