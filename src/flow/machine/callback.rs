//! The answer to the redirect URI as a person hands it over: pasted from a browser's address bar, with what terminals do to it.

use crate::flow::trace::lift;

/// Reads a full URL, a bare query, `code=…&state=…`, or a fragment; blanks and line breaks, which terminals put in, are taken out.
///
/// Gives the address, or what there is of it: then it begins with `?` or `#`.
///
/// # Errors
/// It is none of these: in a sentence, what was pasted instead.
pub(super) fn read(text: &str) -> Result<String, &'static str> {
    let location: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let location = location.trim_matches(['"', '\'', '<', '>']).to_owned();
    if location.is_empty() {
        return Err("Nothing was pasted.");
    }
    let location = if location.contains("://") || location.starts_with(['?', '#']) {
        location
    } else {
        format!("?{location}")
    };
    let pairs = lift::pairs(&location);
    let has = |name: &str| pairs.iter().any(|(n, value)| n == name && !value.is_empty());
    match () {
        () if has("code") || has("error") => Ok(location),
        () if has("client_id") || has("response_type") => {
            Err("That is the address before the sign-in. The one after it has code or error in it.")
        }
        () => Err("That has neither code nor error in it. Copy the whole address that the browser ended at."),
    }
}

/// Whether a text that is being typed or piped in has all that an answer needs: more lines may still come otherwise.
pub fn is_whole(text: &str) -> bool {
    let Ok(pasted) = read(text) else { return false };
    lift::pairs(&pasted).iter().any(|(name, value)| name == "state" && !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_of_a_paste_is_read() {
        for text in [
            "https://g.example/cb?code=abc&state=xyz",
            "  https://g.example/cb?co\n de=abc&st\r\nate=xyz \n",
            "?code=abc&state=xyz",
            "code=abc&state=xyz",
            "#code=abc&state=xyz",
            "\"https://g.example/cb?code=abc&state=xyz\"",
            "\u{1b}https://g.example/cb?code=abc&state=xyz",
        ] {
            let pasted = read(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            let pairs = lift::pairs(&pasted);
            assert_eq!(pairs, [("code".into(), "abc".into()), ("state".into(), "xyz".into())], "{text}");
            assert_eq!(pasted.contains("://"), text.contains("https"), "{text}");
            assert!(is_whole(text));
        }
        assert!(read("error=access_denied&state=x").is_ok());
    }

    #[test]
    fn what_is_no_answer_says_what_it_is() {
        let said = |text: &str| read(text).err().unwrap_or_default();
        assert!(said("https://o/authorize?client_id=1&state=x").contains("before the sign-in"));
        assert!(said("https://o/login").contains("neither code nor error"));
        assert!(said(" \n").contains("Nothing"));
        assert!(!is_whole("https://g/cb?code=abc"), "the rest may come on the next line");
    }

    proptest! {
        #[test]
        fn no_paste_makes_it_panic(text in "\\PC{0,80}") {
            let _ = read(&text);
        }
    }
}
