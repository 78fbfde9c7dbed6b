//! Characters that do not belong into a URI at all (RFC 3986 §2).

use super::super::characters::{describe, is_invisible, is_whitespace, passes_for};
use super::super::parts::Parts;
use super::{Finding, Severity};

/// Reports them, and gives the text without them: what the writer most likely meant. The other rules judge that.
pub(super) fn judge(uri: &str, out: &mut Vec<Finding>) -> String {
    let seen: String = uri.chars().filter(|c| !is_whitespace(*c) && !is_invisible(*c)).collect();
    let plain = without_look_alikes(&seen);
    if let Some(blank) = uri.chars().find(|c| is_whitespace(*c)) {
        let sentence = format!("It contains {}: no URI does, and Okta compares it.", describe(blank));
        out.push(Finding::new("whitespace", Severity::Fail, sentence).repair(plain.clone()));
    }
    if let Some(hidden) = uri.chars().find(|c| is_invisible(*c)) {
        let sentence = format!("It contains {}, which no screen shows and Okta compares.", describe(hidden));
        out.push(Finding::new("invisible", Severity::Fail, sentence).repair(plain.clone()));
    }
    if let Some((odd, meant)) = seen.chars().zip(plain.chars()).find(|(a, b)| a != b) {
        let sentence = format!("{} looks like {}, and is not.", describe(odd), describe(meant));
        out.push(Finding::new("look-alike", Severity::Warn, sentence).repair(plain.clone()));
    }
    plain
}

/// Puts ASCII in the place of what passes for it, character for character.
///
/// In a host, letters of another script are left alone where the label could be a word of that script: it then has letters that
/// pass for nothing, and none of ASCII.
fn without_look_alikes(s: &str) -> String {
    let signs: String =
        s.chars().map(|c| passes_for(c).filter(|p| !p.is_ascii_alphabetic()).unwrap_or(c)).collect();
    let letters = |s: &str| s.chars().map(|c| passes_for(c).unwrap_or(c)).collect::<String>();
    let parts = Parts::of(&signs);
    let Some(host) = parts.host else { return letters(&signs) };
    let labels: Vec<String> = host
        .split('.')
        .map(|label| {
            let own_script = !label.contains(|c: char| c.is_ascii_alphabetic())
                && label.contains(|c: char| !c.is_ascii() && passes_for(c).is_none());
            if own_script { label.to_owned() } else { letters(label) }
        })
        .collect();
    let host = labels.join(".");
    let [user, path] = [parts.user_info.map(letters), Some(letters(parts.path))];
    let [query, fragment] = [parts.query.map(letters), parts.fragment.map(letters)];
    Parts {
        user_info: user.as_deref(),
        host: Some(&host),
        path: path.as_deref().unwrap_or_default(),
        query: query.as_deref(),
        fragment: fragment.as_deref(),
        ..parts
    }
    .join()
}
