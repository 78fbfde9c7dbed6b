//! Hides who people are in what leaves the house: each login and e-mail address becomes a tag, the same one wherever it stands.

use std::collections::BTreeMap;

/// A name shorter than this would tear other words apart.
const SHORTEST: usize = 4;

/// Replaces the names given, and everything that looks like an e-mail address (also with `%40`), by `masked-person-1` and so on, over all
/// texts together.
pub fn hidden(texts: Vec<String>, names: &[String]) -> Vec<String> {
    let mut tags: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: Vec<&String> = names.iter().filter(|n| n.chars().count() >= SHORTEST).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    texts
        .into_iter()
        .map(|text| {
            let mut text = addresses(&text, &mut tags);
            for name in &names {
                if text.contains(name.as_str()) {
                    let tag = tag(&mut tags, name);
                    text = text.replace(name.as_str(), &tag);
                }
            }
            text
        })
        .collect()
}

fn tag(tags: &mut BTreeMap<String, usize>, who: &str) -> String {
    let next = tags.len() + 1;
    let number = tags.entry(who.to_lowercase()).or_insert(next);
    format!("masked-person-{number}")
}

/// A character of the part before the `@`: what people's addresses are made of, without what an address in a URL stands between.
fn local(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '\'')
}

fn domain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

fn addresses(text: &str, tags: &mut BTreeMap<String, usize>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, sign)) = next_at(rest) {
        let (before, from_at) = rest.split_at(at);
        let after = from_at.get(sign.len()..).unwrap_or_default();
        let begins = before.char_indices().rev().take_while(|(_, c)| local(*c)).last().map_or(at, |(i, _)| i);
        let mut ends = after.find(|c| !domain(c)).unwrap_or(after.len());
        // A full stop or a dash at the end belongs to the sentence.
        while after.get(..ends).is_some_and(|d| d.ends_with(['.', '-'])) {
            ends -= 1;
        }
        let (name, host) = (before.get(begins..).unwrap_or_default(), after.get(..ends).unwrap_or_default());
        if name.is_empty() || !host.contains('.') {
            out.push_str(before);
            out.push_str(sign);
            rest = after;
            continue;
        }
        out.push_str(before.get(..begins).unwrap_or_default());
        out.push_str(&tag(tags, &format!("{name}@{host}")));
        rest = after.get(ends..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The next sign between a name and its host.
fn next_at(text: &str) -> Option<(usize, &'static str)> {
    ["@", "%40"].into_iter().filter_map(|sign| text.find(sign).map(|at| (at, sign))).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(text: &str, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        hidden(vec![text.to_owned()], &names).remove(0)
    }

    #[test]
    fn an_address_is_the_same_person_wherever_it_stands() {
        let texts = vec![
            "ben@acme.example was never assigned.".to_owned(),
            "?login_hint=ben%40acme.example&x=1 and Ben@Acme.Example, not ana@acme.example.".to_owned(),
        ];
        assert_eq!(
            hidden(texts, &[]),
            [
                "masked-person-1 was never assigned.",
                "?login_hint=masked-person-1&x=1 and masked-person-1, not masked-person-2."
            ]
        );
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in ["@", "a@b", "user@ host", "a @ b.c", "100%40", "https://h.example/@scope", "…@…"] {
            assert_eq!(one(text, &[]), text);
        }
    }

    #[test]
    fn logins_that_are_no_addresses_are_named() {
        assert_eq!(one("jsmith is locked out", &["jsmith", "al"]), "masked-person-1 is locked out");
        assert_eq!(one("also", &["al"]), "also", "too short to be told from a part of a word");
    }

    proptest! {
        #[test]
        fn no_address_is_left(before in "[ -~é田]{0,12}", name in "[a-z0-9é]{1,8}", host in "[a-z]{1,6}\\.[a-z]{2,3}", after in "[ ,;\"&]{1,3}[ -~]{0,10}") {
            let address = format!("{name}@{host}");
            let text = format!("{before} {address}{after}");
            prop_assert!(!one(&text, &[]).contains(&address));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[\\PC@%40.]{0,60}") {
            one(&text, &["abcd"]);
        }
    }
}
