//! The part of SCIM's filter language (RFC 7644 section 3.4.2.2) that Okta's lists and log understand:
//! `eq ne gt ge lt le co sw ew pr`, `and`, `or`, `not`, parentheses.

/// A parsed filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Test { path: String, operator: Operator, value: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Co,
    Sw,
    Ew,
    Pr,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

/// How deep parentheses may go: a filter comes from outside and the parser calls itself.
const DEEPEST: usize = 32;

impl Filter {
    /// `None`: not a filter Okta would take.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut at = 0;
        let filter = any(&tokens, &mut at, 0)?;
        (at == tokens.len()).then_some(filter)
    }

    /// Judges an object whose values under a path `lookup` returns; several values match if one does.
    pub(super) fn matches(&self, lookup: &dyn Fn(&str) -> Vec<String>) -> bool {
        match self {
            Self::And(all) => all.iter().all(|f| f.matches(lookup)),
            Self::Or(any) => any.iter().any(|f| f.matches(lookup)),
            Self::Not(inner) => !inner.matches(lookup),
            Self::Test { path, operator, value } => {
                let found = lookup(path);
                match operator {
                    Operator::Pr => found.iter().any(|v| !v.is_empty()),
                    Operator::Ne => !found.iter().any(|v| same(v, value)),
                    _ => found.iter().any(|v| test(v, *operator, value)),
                }
            }
        }
    }

    /// Whether every path of the filter is one of `allowed`.
    pub(super) fn uses_only(&self, allowed: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::And(list) | Self::Or(list) => list.iter().all(|f| f.uses_only(allowed)),
            Self::Not(inner) => inner.uses_only(allowed),
            Self::Test { path, .. } => allowed(path),
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn test(found: &str, operator: Operator, value: &str) -> bool {
    let (found, value) = (found.to_lowercase(), value.to_lowercase());
    match operator {
        Operator::Eq => found == value,
        Operator::Gt => found > value,
        Operator::Ge => found >= value,
        Operator::Lt => found < value,
        Operator::Le => found <= value,
        Operator::Co => found.contains(&value),
        Operator::Sw => found.starts_with(&value),
        Operator::Ew => found.ends_with(&value),
        Operator::Ne | Operator::Pr => false,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '(' => out.push(Token::Open),
            ')' => out.push(Token::Close),
            '"' => {
                let mut value = String::new();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => value.push(chars.next()?),
                        other => value.push(other),
                    }
                }
                out.push(Token::Quoted(value));
            }
            c if c.is_whitespace() => {}
            c => {
                let mut word = c.to_string();
                while let Some(next) = chars.next_if(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"'))
                {
                    word.push(next);
                }
                out.push(Token::Word(word));
            }
        }
    }
    Some(out)
}

fn word_is(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(w)) if w.eq_ignore_ascii_case(word))
}

fn any(tokens: &[Token], at: &mut usize, depth: usize) -> Option<Filter> {
    let mut list = vec![all(tokens, at, depth)?];
    while word_is(tokens.get(*at), "or") {
        *at += 1;
        list.push(all(tokens, at, depth)?);
    }
    if list.len() == 1 { list.pop() } else { Some(Filter::Or(list)) }
}

fn all(tokens: &[Token], at: &mut usize, depth: usize) -> Option<Filter> {
    let mut list = vec![one(tokens, at, depth)?];
    while word_is(tokens.get(*at), "and") {
        *at += 1;
        list.push(one(tokens, at, depth)?);
    }
    if list.len() == 1 { list.pop() } else { Some(Filter::And(list)) }
}

fn one(tokens: &[Token], at: &mut usize, depth: usize) -> Option<Filter> {
    if depth > DEEPEST {
        return None;
    }
    if word_is(tokens.get(*at), "not") {
        *at += 1;
        return Some(Filter::Not(Box::new(one(tokens, at, depth + 1)?)));
    }
    if tokens.get(*at) == Some(&Token::Open) {
        *at += 1;
        let inner = any(tokens, at, depth + 1)?;
        if tokens.get(*at) != Some(&Token::Close) {
            return None;
        }
        *at += 1;
        return Some(inner);
    }
    let Some(Token::Word(path)) = tokens.get(*at) else { return None };
    let Some(Token::Word(operator)) = tokens.get(*at + 1) else { return None };
    let operator = match operator.to_ascii_lowercase().as_str() {
        "eq" => Operator::Eq,
        "ne" => Operator::Ne,
        "gt" => Operator::Gt,
        "ge" => Operator::Ge,
        "lt" => Operator::Lt,
        "le" => Operator::Le,
        "co" => Operator::Co,
        "sw" => Operator::Sw,
        "ew" => Operator::Ew,
        "pr" => {
            *at += 2;
            return Some(Filter::Test { path: path.clone(), operator: Operator::Pr, value: String::new() });
        }
        _ => return None,
    };
    let value = match tokens.get(*at + 2)? {
        Token::Quoted(value) => value.clone(),
        Token::Word(word) if matches!(word.as_str(), "true" | "false") || word.parse::<f64>().is_ok() => {
            word.clone()
        }
        _ => return None,
    };
    *at += 3;
    Some(Filter::Test { path: path.clone(), operator, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judge(filter: &str, pairs: &[(&str, &str)]) -> Option<bool> {
        let lookup =
            |path: &str| pairs.iter().filter(|(k, _)| *k == path).map(|(_, v)| (*v).to_owned()).collect();
        Filter::parse(filter).map(|f| f.matches(&lookup))
    }

    #[test]
    fn and_binds_closer_than_or() {
        let event = [("eventType", "app.oauth2.as.authorize.code"), ("outcome.result", "SUCCESS")];
        assert_eq!(
            judge(r#"eventType eq "x" and outcome.result eq "y" or eventType sw "app.""#, &event),
            Some(true)
        );
        assert_eq!(
            judge(r#"eventType eq "x" and (outcome.result eq "y" or eventType sw "app.")"#, &event),
            Some(false)
        );
        assert_eq!(judge(r#"not (eventType ew ".code")"#, &event), Some(false));
        assert_eq!(judge("actor.id pr", &event), Some(false));
        assert_eq!(judge(r#"eventType EQ "APP.OAUTH2.AS.AUTHORIZE.CODE""#, &event), Some(true));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "",
            "eventType",
            "eventType eq",
            "a is \"b\"",
            "(a eq \"b\"",
            "a eq \"b",
            "a eq \"b\" x",
            "a eq b",
        ] {
            assert_eq!(Filter::parse(bad), None, "{bad}");
        }
        assert_eq!(Filter::parse(&"(".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            let _ = Filter::parse(&text).map(|f| f.matches(&|_| vec!["x".to_owned()]));
        }

        #[test]
        fn a_quoted_value_comes_back_whole(value in "[^\\x00]{0,40}") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let parsed = Filter::parse(&format!("name eq \"{quoted}\""));
            prop_assert_eq!(parsed, Some(Filter::Test { path: "name".into(), operator: Operator::Eq, value }));
        }
    }
}
