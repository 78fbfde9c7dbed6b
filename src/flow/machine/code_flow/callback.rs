//! The answer to the redirect URI: state first, then the rest.

use super::CodeFlow;
use crate::flow::checks::answer;
use crate::flow::explain::{Refusal, STEP_UP};
use crate::flow::machine::{Action, Judgement, callback_not_sent, lines};
use crate::flow::trace::{Step, Verdict, Way, lift};
use crate::secret::Secret;

impl CodeFlow {
    /// Judges an answer that begins with the redirect URI, or the parameters of one; goes on to the token endpoint if they are good.
    /// `at` is the hop's title, `status` that of the redirect where it was seen.
    pub(super) fn called_back(&mut self, at: &str, location: &str, status: Option<u16>) -> Vec<Action> {
        let rest = location.strip_prefix(&self.spec.redirect_uri);
        let pairs = lift::pairs(rest.unwrap_or(location));
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let mut checks = vec![
            answer::state(&self.state, value("state")),
            answer::iss(&self.spec.issuer, self.metadata.announces_iss, value("iss")),
        ];
        // Of pasted parameters alone nobody knows where they went.
        if location.contains("://") {
            checks.insert(0, answer::redirect_target(&self.spec.redirect_uri, location));
        }
        let safe = checks.iter().all(|check| check.verdict != Verdict::Fail);
        // A browser went there by itself.
        let not_sent = |has_code| (self.spec.way != Way::Browser).then(|| callback_not_sent(has_code));
        match (value("error"), value("code").filter(|code| !code.is_empty())) {
            (None, Some(code)) => {
                checks.push(answer::pkce(&self.verifier, &self.challenge));
                let code = Secret::new(code);
                let why = "Okta signed the person in for this app and gave a code.";
                let judgement = Judgement::pass(checks, &[why]).titled(format!("{at} → callback?code=…"));
                let mut actions = vec![Action::Judge(judgement)];
                actions.extend(not_sent(true));
                actions.extend(if safe { self.exchange(code) } else { self.abandon(Step::Token) });
                actions
            }
            (error, _) => {
                let refusal = Refusal {
                    status,
                    code: error.unwrap_or_default().to_owned(),
                    words: value("error_description").unwrap_or_default().to_owned(),
                };
                let why = self.why_refused(&refusal, safe);
                let title = format!("{at} → callback?error=…");
                let judgement = Judgement { checks, ..Judgement::fail(why) }.titled(title);
                let mut actions = vec![Action::Judge(judgement)];
                actions.extend(not_sent(false));
                actions.extend(self.abandon(Step::Token));
                actions
            }
        }
    }

    /// The *Why* of an error at the redirect URI.
    fn why_refused(&self, refusal: &Refusal, safe: bool) -> Vec<String> {
        if !safe {
            // The words of somebody else are not to be acted on, nor explained (RFC 9207 §2.4).
            let why = "This is no answer to this request from this issuer: what it says is not explained.";
            return lines(&[why]);
        }
        if refusal.code.is_empty() {
            return lines(&["The answer has neither a code nor an error (RFC 6749 §4.1.2)."]);
        }
        let mut why = match refusal.code.as_str() {
            "login_required" if self.spec.way == Way::Terminal => STEP_UP.why(refusal),
            _ => refusal.why(Step::Authorize),
        };
        why.push("Okta sends this error to the gateway: people see the gateway's page, not Okta's.".into());
        why
    }
}
