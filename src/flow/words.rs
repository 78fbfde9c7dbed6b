//! Sentences for a provider that is not Okta. The tables speak of Okta, which nearly every run is about; where a run has no org, what
//! they say of the server at hand is said of *the server*. What is said of Okta as such (`Okta: 30 seconds …` in a bracket) stays.

/// What the server at hand does, after its name.
const DOES: [&str; 21] = [
    "accepted", "accepts", "answered", "answers", "asks", "ended", "gave", "could", "did", "does", "judged",
    "knows", "logs", "might", "refused", "sends", "signed", "takes", "took", "wants", "would",
];

/// `line` with *the server* where it speaks of the server at hand.
pub(super) fn neutral(line: &str) -> String {
    let line = match line.strip_prefix("Okta: ") {
        Some(rest) => format!("Server: {rest}"),
        None => line.to_owned(),
    };
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once("Okta") {
        out.push_str(before);
        let verb = after.strip_prefix(' ').is_some_and(|words| {
            let word = words.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
            DOES.contains(&word)
        });
        let begins = out.is_empty() || out.ends_with(". ") || out.ends_with(": ");
        out.push_str(match (verb, begins) {
            (true, true) => "The server",
            (true, false) => "the server",
            (false, _) => "Okta",
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn what_the_server_at_hand_does_is_the_servers() {
        for (line, wanted) in [
            ("Okta answered 401.", "The server answered 401."),
            (
                "The code of Okta: Okta took it, and Okta gave tokens.",
                "The code of Okta: The server took it, and the server gave tokens.",
            ),
            ("Okta: look at the app.", "Server: look at the app."),
            ("within the leeway (Okta: 30 seconds)", "within the leeway (Okta: 30 seconds)"),
            ("With Okta they are on one.", "With Okta they are on one."),
            ("", ""),
        ] {
            assert_eq!(neutral(line), wanted);
        }
    }
}
