//! The device authorization grant (RFC 8628): the person approves in any browser, and the token endpoint is asked until they have.
//!
//! It needs no redirect URI. From the tokens on the run is the same as with a code.

use super::{CodeFlow, Stage, not_run};
use crate::flow::Need;
use crate::flow::checks::Judged;
use crate::flow::checks::tokens::Tokens;
use crate::flow::machine::{Action, Judgement, NoAnswer, Outgoing, Reply};
use crate::flow::trace::{Party, Step, Verdict};
use crate::secret::Secret;
use crate::text::time::length;

/// `grant_type` of it (RFC 8628 §3.4).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const BEGIN: &str = "POST device authorization";
const POLL: &str = "POST /token: device code";
/// RFC 8628 §3.2 and §3.5: seconds between two requests where none are told, and what `slow_down` adds to them.
const STEP: u64 = 5;
/// A longer pause is none that a person sits through; a shorter one hammers.
const PAUSES: std::ops::RangeInclusive<u64> = 1..=60;

/// A code that waits for its person.
#[derive(Clone)]
pub(super) struct DeviceCode {
    code: Secret,
    /// Seconds between two requests.
    interval: u64,
    /// Seconds that are left of it, by the pauses made.
    left: u64,
}

impl CodeFlow {
    pub(super) fn sign_in_by_device(&mut self) -> Vec<Action> {
        let Some(endpoint) = self.metadata.device_authorization.clone() else {
            let why = "The metadata name no device_authorization_endpoint (RFC 8628 §4): this server has no device grant.";
            let mut actions = vec![not_run(Party::Okta, Step::Authorize, BEGIN, why)];
            if let Some(Action::Here(hop)) = actions.first_mut() {
                hop.judgement.verdict = Some(Verdict::Fail);
            }
            actions.extend(self.abandon(Step::Token));
            return actions;
        };
        let scope = self.spec.scopes.join(" ");
        let form: &[(&str, &str)] = if scope.is_empty() { &[] } else { &[("scope", &scope)] };
        let request = Outgoing::client_form(endpoint, form, &self.spec, self.spec.authentication);
        self.send(Stage::DeviceBegin, Step::Authorize, BEGIN, request)
    }

    /// The answer with the codes (RFC 8628 §3.2).
    pub(super) fn device_began(&mut self, reply: &Reply) -> Vec<Action> {
        self.measure(reply);
        let body = reply.json().filter(|_| reply.status == 200);
        let Some(body) = body else {
            let mut why = reply.refusal().why(Step::Token);
            if reply.status == 200 {
                why = vec![format!(
                    "Okta answered 200 with {} instead of a device code.",
                    reply.kind_of_body()
                )];
            }
            let mut actions = vec![Action::Judge(Judgement::fail(why))];
            actions.extend(self.abandon(Step::Token));
            return actions;
        };
        let text = |name: &str| body.get(name).and_then(|v| v.as_str()).filter(|s| !s.is_empty());
        let number = |name: &str| body.get(name).and_then(serde_json::Value::as_u64);
        let (code, user_code, uri) = (text("device_code"), text("user_code"), text("verification_uri"));
        let seconds = number("expires_in");
        let checks = vec![
            Judged::of(
                "device code",
                code.is_some() && user_code.is_some() && uri.is_some() && seconds.is_some(),
                (
                    "Device code, user code, address and lifetime are there.",
                    "device_code, user_code, verification_uri or expires_in is missing.",
                ),
                "RFC 8628 §3.2",
            ),
            match number("interval") {
                Some(_) => Judged::new(
                    "interval",
                    Verdict::Pass,
                    "The server says how often to ask.",
                    "RFC 8628 §3.2",
                ),
                None => Judged::new(
                    "interval",
                    Verdict::NotRun,
                    "None is told: every 5 seconds then.",
                    "RFC 8628 §3.2",
                ),
            },
        ];
        let why = "The person now enters the user code in any browser; no redirect URI is part of it.";
        let mut actions = vec![Action::Judge(Judgement::pass(checks, &[why]))];
        let (Some(code), Some(user_code), Some(uri), Some(seconds)) = (code, user_code, uri, seconds) else {
            actions.extend(self.abandon(Step::Token));
            return actions;
        };
        let interval = number("interval").unwrap_or(STEP).clamp(*PAUSES.start(), *PAUSES.end());
        self.device = Some(DeviceCode { code: Secret::new(code), interval, left: seconds });
        actions.push(Action::Show(Need::Device {
            user_code: Secret::new(user_code),
            url: Secret::new(uri),
            url_with_code: text("verification_uri_complete").map(Secret::new),
            message: format!("The code is good for {}.", length(seconds)),
        }));
        actions.extend(self.device_pause());
        actions
    }

    /// Waits before the next request; or the code has ended.
    fn device_pause(&mut self) -> Vec<Action> {
        let Some(device) = self.device.as_mut().filter(|device| device.left > 0) else {
            let check = Judged::new(
                "approval",
                Verdict::Fail,
                "Nobody approved before the code expired.",
                "RFC 8628 §3.5",
            );
            let mut hop =
                not_run(Party::You, Step::SignIn, "approval of the device", "No answer came in time.");
            if let Action::Here(local) = &mut hop {
                local.judgement = Judgement { checks: vec![check], ..Judgement::default() }.or(Verdict::Fail);
            }
            let mut actions = vec![hop];
            self.device = None;
            actions.extend(self.abandon(Step::Token));
            return actions;
        };
        let pause = device.interval.min(device.left.max(1));
        device.left = device.left.saturating_sub(pause);
        self.stage = Stage::DevicePause;
        vec![Action::Wait(pause)]
    }

    pub(super) fn device_poll(&mut self) -> Vec<Action> {
        let Some(device) = &self.device else { return self.abandon(Step::Token) };
        let form = [("grant_type", GRANT), ("device_code", device.code.expose())];
        let request =
            Outgoing::client_form(&self.metadata.token, &form, &self.spec, self.spec.authentication);
        self.send(Stage::DevicePoll, Step::Token, POLL, request)
    }

    /// RFC 8628 §3.5. What is pending belongs to the sign-in: a hop of it is not one of the token's.
    pub(super) fn device_polled(&mut self, reply: &Reply) -> Vec<Action> {
        if reply.status == 200 && Tokens::read(&reply.body).is_some() {
            self.device = None;
            return self.exchanged(reply);
        }
        self.measure(reply);
        let code = reply.refusal().code;
        let waits = |title: &str, why: String| Judgement {
            step: Some(Step::SignIn),
            ..Judgement::pass(Vec::new(), &[&why]).titled(format!("{POLL}, {title}"))
        };
        let judgement = match (code.as_str(), &mut self.device) {
            ("authorization_pending", Some(device)) => {
                waits("pending", format!("Nobody has answered yet: asked again in {} s.", device.interval))
            }
            ("slow_down", Some(device)) => {
                device.interval = (device.interval + STEP).min(*PAUSES.end());
                waits("slow_down", format!("Asked too often: every {} s from now on.", device.interval))
            }
            _ => return self.device_refused(reply, &code),
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.device_pause());
        actions
    }

    fn device_refused(&mut self, reply: &Reply, code: &str) -> Vec<Action> {
        self.device = None;
        let judgement = match code {
            // A policy refuses by the same word; what it says is told as of any other token request.
            "access_denied" if !reply.refusal().words.to_ascii_lowercase().contains("policy") => Some("The person refused, or Okta refused them: somebody who may not use the app is refused so too."),
            "expired_token" => Some("Nobody approved before the code expired."),
            _ => None,
        }
        .map(|why| Judgement {
            step: Some(Step::SignIn),
            checks: vec![Judged::new("approval", Verdict::Fail, why, "RFC 8628 §3.5")],
            ..Judgement::fail(vec![reply.refusal().quoted()])
        })
        .unwrap_or_else(|| Judgement::fail(reply.refusal().why(Step::Token)));
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.abandon(Step::Verify));
        actions
    }

    /// No answer in time is no end: the next pause is twice as long (RFC 8628 §3.5).
    pub(super) fn device_unanswered(&mut self, why: &NoAnswer) -> Vec<Action> {
        if let Some(device) = &mut self.device {
            device.interval = (device.interval * 2).min(*PAUSES.end());
        }
        let judgement = Judgement {
            verdict: Some(Verdict::Warn),
            step: Some(Step::SignIn),
            why: vec![why.sentence.clone(), "Asked again after a pause twice as long.".into()],
            ..Judgement::default()
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.device_pause());
        actions
    }

    /// What a stopped run leaves of it.
    pub(super) fn device_left(&mut self) -> Option<Action> {
        let device = self.device.take()?;
        Some(Action::Left(format!("device code: not used, it ends by itself within {}", length(device.left))))
    }
}
