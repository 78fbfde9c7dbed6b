//! What a refusal means: one table, from a step and the server's own error to a headline, what it means here, and what helps.
//!
//! Pure. The rows stand in one file for each step. `says` is looked for in the server's description without regard to case:
//! Okta's codes are coarse, and its descriptions tell the cases apart. Okta may change a description, so the row without one
//! always follows.

mod authorize;
mod sign_in;
mod token;

use super::trace::{Exchange, Leg, RunVerdict, Step, Trace, Verdict, Way};

/// A refusal in the server's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `error`, `errorCode`, or the `status` of a sign-in that did not succeed; empty when the answer has none.
    pub code: String,
    /// `error_description` or `errorSummary`; empty when the answer has none.
    pub words: String,
}

/// Characters of a server's description that are quoted; the hop has the whole.
const WORDS_SHOWN: usize = 300;

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    code: &'static str,
    says: &'static str,
    /// In a sentence: what happened.
    pub headline: &'static str,
    /// What it means here.
    pub meaning: &'static str,
    /// What helps, one line each. `Okta:` and `Gateway:` say where.
    pub fixes: &'static [&'static str],
}

impl Refusal {
    /// Reads it back from a recorded exchange.
    pub fn of(exchange: &Exchange) -> Self {
        let value = |names: &[&str]| {
            let found = exchange.received.iter().find(|p| names.contains(&p.name.as_str()));
            found.map(|p| p.value.masked()).unwrap_or_default()
        };
        let code = value(&["error", "errorCode"]);
        let bearer = exchange.response_headers.iter().find(|(name, _)| name.as_str() == "www-authenticate");
        match bearer.map(|(_, value)| value.masked()) {
            Some(challenge) if code.is_empty() => {
                let part = |name: &str| challenge_part(&challenge, name).unwrap_or_default();
                Self { status: exchange.status, code: part("error"), words: part("error_description") }
            }
            _ => Self {
                status: exchange.status,
                code: if code.is_empty() { value(&["status"]) } else { code },
                words: value(&["error_description", "errorSummary"]),
            },
        }
    }

    /// What the table says about it at this step.
    pub fn row(&self, step: Step) -> Option<&'static Row> {
        let words = self.words.to_lowercase();
        let status = match self.status {
            Some(429) => "429",
            Some(500..=599) => "5xx",
            Some(404) => "404",
            _ => "",
        };
        let named = |row: &&Row| !row.code.is_empty() && (row.code == self.code || row.code == status);
        let of_step = table(step).iter().filter(named).find(|row| words.contains(row.says));
        of_step.or_else(|| ANYWHERE.iter().find(named))
    }

    /// The lines of a hop's *Why*: the server's words, then what they mean here, then what helps.
    pub fn why(&self, step: Step) -> Vec<String> {
        self.row(step).map_or_else(|| vec![self.quoted()], |row| row.why(self))
    }

    /// The server's own words: `Okta answered 401 invalid_client: "The client secret …"`.
    pub fn quoted(&self) -> String {
        self.quoted_by("Okta")
    }

    /// As [`Refusal::quoted`], when somebody else may have said it.
    pub fn quoted_by(&self, who: &str) -> String {
        let status = self.status.map_or_else(String::new, |status| format!(" {status}"));
        let code = if self.code.is_empty() { String::new() } else { format!(" {}", self.code) };
        let words = match self.words.char_indices().nth(WORDS_SHOWN) {
            Some((end, _)) => format!(": \"{}…\"", self.words.get(..end).unwrap_or_default()),
            None if self.words.is_empty() => ".".to_owned(),
            None => format!(": \"{}\"", self.words),
        };
        format!("{who} answered{status}{code}{words}")
    }
}

impl Row {
    /// The lines of a hop's *Why*, after the words of `refusal`.
    pub fn why(&self, refusal: &Refusal) -> Vec<String> {
        let mut lines = vec![refusal.quoted(), self.headline.to_owned(), self.meaning.to_owned()];
        lines.extend(self.fixes.iter().map(|fix| (*fix).to_owned()));
        lines
    }
}

/// A parameter of a `WWW-Authenticate` challenge (RFC 6750 §3).
pub fn challenge_part(challenge: &str, name: &str) -> Option<String> {
    let start = challenge.match_indices(name).find(|(at, _)| {
        let before = challenge.get(..*at).and_then(|s| s.chars().next_back());
        let after = challenge.get(at + name.len()..).unwrap_or_default();
        !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') && after.starts_with('=')
    })?;
    let value = challenge.get(start.0 + name.len() + 1..)?;
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split(',').next(),
    };
    value.map(|v| v.trim().to_owned())
}

/// Why the run failed, from its trace: the first hop that failed decides. `None` when none did.
pub fn explain(trace: &Trace) -> Option<RunVerdict> {
    let hop = trace.hops.iter().find(|hop| hop.verdict == Verdict::Fail)?;
    let fixes = |list: &[&str]| list.iter().map(|fix| (*fix).to_owned()).collect();
    let failed = |headline: &str, list: Vec<String>| {
        Some(RunVerdict::Failed {
            leg: Leg::GatewayToOkta,
            step: Some(hop.step),
            headline: headline.to_owned(),
            fixes: list,
        })
    };
    if let Some(trouble) = hop.exchange.as_ref().and_then(|e| e.trouble.as_ref()) {
        return Some(RunVerdict::Failed {
            leg: Leg::Network,
            step: Some(hop.step),
            headline: format!("No answer: {trouble}"),
            fixes: vec![
                "Look at the address, and at name, proxy and certificate between this machine and it.".into(),
            ],
        });
    }
    if let Some(check) = hop.checks.iter().find(|check| check.verdict == Verdict::Fail) {
        let row = CHECKS.iter().find(|(name, _)| *name == check.name);
        return failed(&format!("{}: {}", check.name, check.sentence), fixes(row.map_or(&[], |(_, f)| f)));
    }
    let refusal = hop.exchange.as_ref().map(Refusal::of).unwrap_or_default();
    if refusal.code == "login_required" && trace.way == Way::Terminal {
        return failed(STEP_UP.headline, fixes(STEP_UP.fixes));
    }
    match refusal.row(hop.step) {
        Some(row) => failed(row.headline, fixes(row.fixes)),
        // Not in the table: the hop's own lines say what happened, then what it means.
        None => {
            let mut why = hop.why.iter().cloned();
            let headline = why.next().unwrap_or_else(|| refusal.quoted());
            let mut rest: Vec<String> = why.collect();
            if rest.is_empty() {
                rest.push("Okta: look for this in the System Log, at the time of this run.".into());
            }
            failed(&headline, rest)
        }
    }
}

/// A sign-in page in answer to a request with a session token.
pub const SIGN_IN_PAGE: Row = Row {
    code: "",
    says: "",
    headline: "Okta wants to show its sign-in page.",
    meaning: "The request was accepted so far, but there is no session behind it: the session token was used up, had expired, or belongs to another host.",
    fixes: &["Run again; if it stays so, compare the org's URL with the issuer's host."],
};

/// `login_required` after the password was accepted: no session is missing, its strength is.
pub const STEP_UP: Row = Row {
    code: "login_required",
    says: "",
    headline: "The password was accepted, but Okta wants more for this app.",
    meaning: "The app's sign-in policy wants a second factor or a fresh sign-in. This way makes a session with one factor and cannot add another at /authorize.",
    fixes: &[
        "Okta: look at the rule of the app's sign-in policy that matches this person.",
        "Sign in with a browser to test this person: this result says nothing about that way.",
    ],
};

const fn row(
    code: &'static str,
    says: &'static str,
    headline: &'static str,
    meaning: &'static str,
    fixes: &'static [&'static str],
) -> Row {
    Row { code, says, headline, meaning, fixes }
}

const RULE_FIX: &str = "Okta: give the authorization server an access policy with a rule that covers this client, person, grant and every scope.";

/// Refusals of an access token (RFC 6750 §3.1).
const USE: &[Row] = &[
    // ── use (RFC 6750 §3.1) ──
    row(
        "invalid_token",
        "",
        "The access token was refused.",
        "It has ended, was revoked, or is from another server.",
        &["Compare its iss, aud and exp with the server's."],
    ),
    row(
        "insufficient_scope",
        "",
        "The access token lacks a scope.",
        "userinfo wants openid.",
        &["Gateway: add openid to the scopes."],
    ),
    row(
        "invalid_request",
        "",
        "The request was malformed.",
        "The server did not understand it.",
        &["Run again."],
    ),
];

/// Rows that mean the same at every step.
const ANYWHERE: &[Row] = &[
    row(
        "429",
        "",
        "Okta's rate limit was reached.",
        "Nothing was judged. /authorize takes 60 a minute for one client and address.",
        &["Wait a minute, then run again."],
    ),
    row(
        "E0000047",
        "",
        "Okta's rate limit was reached.",
        "Nothing was judged.",
        &["Wait a minute, then run again."],
    ),
    row(
        "5xx",
        "",
        "Okta failed.",
        "Something went wrong inside Okta, or in a proxy before it.",
        &["Run again; look at Okta's status page."],
    ),
];

/// The rows of a step.
fn table(step: Step) -> &'static [Row] {
    match step {
        Step::Authorize | Step::Callback => authorize::ROWS,
        Step::SignIn => sign_in::ROWS,
        Step::Token | Step::Refresh => token::ROWS,
        Step::Verify | Step::Use => USE,
    }
}

/// What helps when a check failed, by the check's name.
const CHECKS: &[(&str, &[&str])] = &[
    (
        "approval",
        &[
            "The person opens the address in any browser, enters the code there, and says yes.",
            "Okta: the app is assigned to them, and its sign-in policy lets them in.",
        ],
    ),
    (
        "issuer",
        &[
            "Gateway: take authorization URL and token URL from one server's metadata, with its own host name.",
        ],
    ),
    (
        "iss",
        &[
            "Gateway: authorization URL and token URL must be of one server and one host name.",
            "Okta: the server's issuer mode decides between the org's and the custom domain.",
        ],
    ),
    ("iss parameter", &["Something between answers in the server's place: look at the proxy."]),
    ("state", &["Run again; if it stays so, something changes the answer on its way."]),
    ("nonce", &["Run again; if it stays so, the answer belongs to another request."]),
    ("signature", &["Run again; if it stays so, the token comes from another server than the keys."]),
    ("kid", &["Wait a minute and run again: new keys may take a moment to be published."]),
    ("aud", &["Compare the client ID with the app's."]),
    ("exp", &["Compare the clocks."]),
    ("iat", &["Compare the clocks."]),
    (
        "method",
        &[
            "Okta: set the app's client authentication to the gateway's method.",
            "Gateway: or send the secret in the other way.",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str, words: &str) -> Refusal {
        Refusal { status: Some(status), code: code.into(), words: words.into() }
    }

    #[test]
    fn oktas_descriptions_tell_the_cases_of_one_code_apart() {
        for (step, status, code, words, part) in [
            (
                Step::Authorize,
                302,
                "access_denied",
                "User is not assigned to the client application.",
                "not assigned",
            ),
            (
                Step::Authorize,
                302,
                "access_denied",
                "Policy evaluation failed for this request, please check the policy configurations.",
                "No access policy",
            ),
            (Step::Authorize, 302, "access_denied", "Something new.", "refused access"),
            (Step::Authorize, 302, "invalid_request", "Pushed Authorization Request must be used", "(PAR)"),
            (
                Step::Authorize,
                302,
                "invalid_scope",
                "One or more scopes are not configured for the authorization server resource.",
                "does not know one",
            ),
            (
                Step::Authorize,
                302,
                "invalid_scope",
                "Custom scopes are not allowed for this request.",
                "no custom scopes",
            ),
            (
                Step::Authorize,
                302,
                "invalid_request",
                "PKCE code challenge is required by the application.",
                "PKCE",
            ),
            (
                Step::Authorize,
                400,
                "invalid_request",
                "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
                "redirect URI",
            ),
            (
                Step::Authorize,
                400,
                "invalid_client",
                "Invalid value for 'client_id' parameter.",
                "does not know this client",
            ),
            (
                Step::Authorize,
                404,
                "E0000007",
                "Not found: Resource not found: default",
                "no such authorization server",
            ),
            (
                Step::Token,
                401,
                "invalid_client",
                "The client secret supplied for a confidential client is invalid.",
                "client secret",
            ),
            (
                Step::Token,
                401,
                "invalid_client",
                "Invalid value for 'client_id' parameter.",
                "does not know this client",
            ),
            (Step::Token, 401, "invalid_client", "No client credentials found.", "No client secret"),
            (
                Step::Token,
                401,
                "invalid_client",
                "Client authentication failed. Either the client or the client credentials are invalid.",
                "prove itself",
            ),
            (Step::Token, 400, "invalid_grant", "PKCE verification failed.", "verifier"),
            (
                Step::Token,
                400,
                "invalid_grant",
                "The authorization code is invalid or has expired.",
                "no longer good",
            ),
            (
                Step::Refresh,
                400,
                "invalid_grant",
                "The refresh token is invalid or expired.",
                "refresh token",
            ),
            (Step::SignIn, 401, "E0000004", "Authentication failed", "refused the sign-in"),
            (Step::SignIn, 200, "LOCKED_OUT", "", "locked"),
            (Step::Token, 429, "E0000047", "API call exceeded rate limit", "rate limit"),
            (Step::Token, 503, "", "", "Okta failed"),
        ] {
            let row = refusal(status, code, words).row(step);
            assert!(row.is_some_and(|row| row.headline.contains(part)), "{code} {words}: {row:?}");
        }
        assert_eq!(refusal(400, "unheard_of", "").row(Step::Token), None);
    }

    #[test]
    fn every_row_can_be_reached() {
        for step in [Step::Authorize, Step::SignIn, Step::Token, Step::Use] {
            for row in table(step) {
                let status = row.code.parse().unwrap_or(400);
                let code = if row.code == "404" { "" } else { row.code };
                assert_eq!(refusal(status, code, row.says).row(step), Some(row));
            }
        }
    }

    #[test]
    fn every_row_ends_its_sentences_and_helps() {
        let steps = [authorize::ROWS, sign_in::ROWS, token::ROWS, USE, ANYWHERE, &[STEP_UP, SIGN_IN_PAGE]];
        for row in steps.into_iter().flatten() {
            assert!(row.headline.ends_with('.') && row.meaning.ends_with('.'), "{row:?}");
            assert!(!row.fixes.is_empty() && row.fixes.iter().all(|fix| fix.ends_with('.')), "{row:?}");
            assert_eq!(row.says, row.says.to_lowercase());
        }
    }

    #[test]
    fn a_description_without_end_is_cut() {
        assert_eq!(refusal(400, "x", "no").quoted(), "Okta answered 400 x: \"no\"");
        let quoted = refusal(400, "x", &"é".repeat(10_000)).quoted();
        assert!(quoted.chars().count() < 350 && quoted.ends_with("…\""), "{quoted}");
    }

    #[test]
    fn a_bearer_challenge_is_read() {
        let challenge =
            r#"Bearer realm="x", error="invalid_token", error_description="The access token, expired""#;
        assert_eq!(challenge_part(challenge, "error").as_deref(), Some("invalid_token"));
        assert_eq!(
            challenge_part(challenge, "error_description").as_deref(),
            Some("The access token, expired")
        );
        assert_eq!(challenge_part(challenge, "scope"), None);
        assert_eq!(
            challenge_part("Bearer error=invalid_token, x=1", "error").as_deref(),
            Some("invalid_token")
        );
    }
}
