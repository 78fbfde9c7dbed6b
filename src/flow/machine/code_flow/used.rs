//! What is done with the tokens: the ID token is checked, userinfo asked, the tokens looked up, refreshed, and tried again.

use super::{CodeFlow, Stage, not_run};
use crate::flow::checks::jwt::Jwt;
use crate::flow::checks::keys::Keys;
use crate::flow::checks::tokens::{self, Tokens};
use crate::flow::checks::{access, life};
use crate::flow::checks::{clock, id_token};
use crate::flow::machine::held::{self, Held};
use crate::flow::machine::{Action, Call, Judgement, LocalHop, Outgoing, Reply, lines};
use crate::flow::trace::{Party, Step, Verdict, Way};

/// The scope that asks for a refresh token (OIDC Core §11).
pub(super) const OFFLINE: &str = "offline_access";
const REFRESH: &str = "POST /token: refresh";
const REUSE: &str = "POST /token: replaced refresh token again";

impl CodeFlow {
    pub(super) fn get_keys(&mut self, url: &str, again: bool) -> Vec<Action> {
        let title = if again { "GET keys again: the key is new" } else { "GET keys" };
        self.send(Stage::Keys { again }, Step::Verify, title, Outgoing::get(url))
    }

    pub(super) fn keys(&mut self, again: bool, reply: &Reply) -> Vec<Action> {
        let Some(keys) = Keys::read(&reply.body).filter(|_| reply.status == 200) else {
            let mut why = vec![format!(
                "Okta answered {} with {} instead of keys.",
                reply.status,
                reply.kind_of_body()
            )];
            why.push("Without the keys no signature can be checked.".into());
            let mut actions = vec![Action::Judge(Judgement::fail(why))];
            actions.extend(self.verified(Err("the answer held none.")));
            return actions;
        };
        let why = format!("{} of the issuer's public keys.", keys.len());
        let mut actions = vec![Action::Judge(Judgement::pass(Vec::new(), &[&why]))];
        let raw = self.tokens.id.clone();
        let jwt = raw.as_ref().and_then(|raw| Jwt::read(raw.expose()).ok());
        let unknown = jwt.is_some_and(|jwt| jwt.kid().is_some() && keys.find(jwt.kid()).is_none());
        actions.extend(match self.metadata.keys.clone() {
            // Keys are rotated; an unknown one is worth one more look (OIDC Core §10.1.1).
            Some(url) if unknown && !again => self.get_keys(&url, true),
            _ => self.verified(Ok(&keys)),
        });
        actions
    }

    /// The ID token's checks, as a hop of their own, then on to userinfo. A wrong ID token does not end the run: what userinfo
    /// says may tell why it is wrong.
    pub(super) fn verified(&mut self, keys: Result<&Keys, &str>) -> Vec<Action> {
        let Some(raw) = self.tokens.id.clone() else { return self.get_userinfo() };
        let expected = id_token::Expected {
            issuer: &self.spec.issuer,
            client_id: &self.spec.client_id,
            client_secret: self.spec.client_secret.as_ref(),
            // A device sends none: RFC 8628 has no place for it.
            nonce: (self.spec.way != Way::Device).then_some(&self.nonce),
            access_token: self.tokens.access.as_ref(),
            algorithms: &self.metadata.algorithms,
            keys,
            now: self.now,
            skew: self.skew,
            max_age: None,
        };
        let mut checks = id_token::check(raw.expose(), &expected);
        let passed = checks.iter().filter(|check| check.verdict == Verdict::Pass).count();
        let title = format!("ID token: {passed} of {} checks", checks.len());
        checks.push(clock::check(self.skew));
        let signature = checks.iter().any(|c| c.name == "signature" && c.verdict == Verdict::Pass);
        // A pass without the signature would promise more than was looked at.
        let mut judgement = Judgement { checks, ..Judgement::default() }.or(Verdict::NotRun);
        if !signature && judgement.verdict == Some(Verdict::Pass) {
            judgement.verdict = Some(Verdict::Warn);
        }
        let mut actions =
            vec![Action::Here(LocalHop { to: Party::Here, step: Step::Verify, title, judgement })];
        actions.extend(self.access_facts(keys));
        actions.extend(self.get_userinfo());
        actions
    }

    /// What the access token says of itself, as a hop of its own.
    fn access_facts(&self, keys: Result<&Keys, &str>) -> Option<Action> {
        let raw = self.tokens.access.as_ref()?;
        let expected = access::Expected {
            issuer: &self.spec.issuer,
            client_id: &self.spec.client_id,
            scopes: self.tokens.scope.as_deref().unwrap_or(&self.spec.scopes),
            keys,
            now: self.skew.map_or(self.now, |skew| skew.server_time(self.now)),
            of_okta_itself: self.spec.org_url.as_ref() == Some(&self.spec.issuer),
        };
        let checks = access::check(raw.expose(), &expected);
        let title = if checks.len() > 1 { "access token: a JWT" } else { "access token: opaque" };
        let why = checks.first().map(|check| check.sentence.clone()).into_iter().collect();
        let judgement = Judgement { checks, why, ..Judgement::default() }.or(Verdict::NotRun);
        let hop = LocalHop { to: Party::Here, step: Step::Verify, title: title.to_owned(), judgement };
        Some(Action::Here(hop))
    }

    pub(super) fn get_userinfo(&mut self) -> Vec<Action> {
        let openid = self.spec.scopes.iter().any(|scope| scope == "openid");
        match (self.metadata.userinfo.clone(), self.tokens.access.clone()) {
            (Some(url), Some(token)) if openid => {
                let request = Outgoing::get(url).bearer(&token);
                self.send(Stage::UserInfo, Step::Use, "GET /userinfo", request)
            }
            (endpoint, token) => {
                let why = match (endpoint, token) {
                    (None, _) => "The metadata name no userinfo endpoint.",
                    (_, None) => "There is no access token.",
                    _ => "userinfo wants the scope openid, which was not asked for.",
                };
                let mut actions = vec![not_run(Party::Okta, Step::Use, "GET /userinfo", why)];
                actions.extend(self.look());
                actions
            }
        }
    }

    pub(super) fn userinfo(&mut self, reply: &Reply) -> Vec<Action> {
        let judgement = if reply.status == 200 {
            let check = tokens::userinfo(self.tokens.id.as_ref(), &reply.body, reply.media_type());
            Judgement::pass(vec![check], &["The access token was taken."])
        } else {
            Judgement::fail(reply.refusal().why(Step::Use))
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.look());
        actions
    }

    /// Asks the server about the access token that it gave, where the tokens' whole life is tested.
    pub(super) fn look(&mut self) -> Vec<Action> {
        let Some(access) = self.tokens.access.clone().filter(|_| self.spec.whole_life) else {
            return self.refresh();
        };
        let held = Held::access(access);
        match held::introspect(&held, &self.metadata, &self.spec) {
            Some(request) => {
                self.send(Stage::Look(held), Step::Use, "POST /introspect: access token", request)
            }
            None => {
                let why = "The metadata name no introspection endpoint.";
                let mut actions =
                    vec![not_run(Party::Okta, Step::Use, "POST /introspect: access token", why)];
                actions.extend(self.refresh());
                actions
            }
        }
    }

    pub(super) fn looked_up(&mut self, held: &Held, reply: &Reply) -> Vec<Action> {
        let judgement = if reply.status == 200 {
            let expected = life::Expected {
                client_id: &self.spec.client_id,
                issuer: &self.spec.issuer,
                scopes: self.tokens.scope.as_deref(),
                now: self.skew.map_or(reply.received, |skew| skew.server_time(reply.received)),
            };
            held::live(held, life::live(&reply.body, &expected))
        } else {
            held::unanswered(reply)
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.refresh());
        actions
    }

    pub(super) fn refresh(&mut self) -> Vec<Action> {
        let Some(refresh_token) = self.tokens.refresh.clone() else {
            if !self.spec.whole_life {
                return self.clean_up();
            }
            let mut actions = vec![self.nothing_to_refresh()];
            actions.extend(self.clean_up());
            return actions;
        };
        self.stage = Stage::Refresh;
        let call = Call::Refresh { endpoint: self.metadata.token.clone(), refresh_token };
        vec![Action::Send { step: Step::Refresh, title: REFRESH.into(), call }]
    }

    /// There is no refresh token: a failure where one was asked for, since the tokens' whole life was to be seen.
    fn nothing_to_refresh(&self) -> Action {
        if !self.spec.scopes.iter().any(|scope| scope == OFFLINE) {
            let why = "No refresh token was asked for: add offline_access to the scopes to test a refresh.";
            return not_run(Party::Okta, Step::Refresh, REFRESH, why);
        }
        let judgement = Judgement::fail(lines(&[
            "offline_access was asked for, and no refresh token came.",
            "Okta: tick Refresh Token among the app's grant types, and allow offline_access in the access policy's rule.",
            "Until then people sign in again when the access token ends.",
        ]));
        let title = REFRESH.to_owned();
        Action::Here(LocalHop { to: Party::Okta, step: Step::Refresh, title, judgement })
    }

    pub(super) fn refreshed(&mut self, reply: &Reply) -> Vec<Action> {
        let Some(after) = Tokens::read(&reply.body).filter(|_| reply.status == 200) else {
            let mut actions = vec![Action::Judge(Judgement::fail(reply.refusal().why(Step::Refresh)))];
            actions.extend(self.clean_up());
            return actions;
        };
        let checks = tokens::refreshed(&self.tokens, &after);
        let judgement = Judgement::pass(checks, &["The refresh token gave new tokens without the person."]);
        self.replaced =
            self.tokens.refresh.clone().filter(|old| after.refresh.as_ref().is_some_and(|new| new != old));
        if let Some(old) = &self.replaced {
            self.holdings.replaced(old);
        }
        self.holdings.take(&after);
        self.tokens.refresh = after.refresh.or(self.tokens.refresh.take());
        self.tokens.access = after.access.or(self.tokens.access.take());
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.reuse());
        actions
    }

    /// Sends the replaced refresh token once more: a server that notices stolen tokens refuses it.
    fn reuse(&mut self) -> Vec<Action> {
        if !self.spec.whole_life {
            return self.clean_up();
        }
        let Some(refresh_token) = self.replaced.clone() else {
            let why = "The refresh token was not replaced, so it may be used again.";
            let mut actions = vec![not_run(Party::Okta, Step::Refresh, REUSE, why)];
            actions.extend(self.clean_up());
            return actions;
        };
        self.stage = Stage::Reuse;
        let call = Call::Refresh { endpoint: self.metadata.token.clone(), refresh_token };
        vec![Action::Send { step: Step::Refresh, title: REUSE.into(), call }]
    }

    pub(super) fn reused(&mut self, reply: &Reply) -> Vec<Action> {
        let refusal = reply.refusal();
        let check = life::reused(reply.status, &refusal.code);
        let refused = check.verdict == Verdict::Pass;
        let mut why = vec![check.sentence.clone()];
        if !(200..300).contains(&reply.status) {
            why.insert(0, refusal.quoted());
        }
        let judgement = Judgement { checks: vec![check], why, ..Judgement::default() }.or(Verdict::NotRun);
        let mut actions = vec![Action::Judge(judgement)];
        if let Some(more) = Tokens::read(&reply.body).filter(|_| reply.status == 200) {
            self.holdings.take(&more);
        }
        let newer = self.tokens.refresh.clone().map(Held::refresh).filter(|_| refused);
        actions.extend(match newer.and_then(|held| held::introspect(&held, &self.metadata, &self.spec)) {
            Some(request) => {
                self.send(Stage::Family, Step::Use, "POST /introspect: newer refresh token", request)
            }
            None => self.clean_up(),
        });
        actions
    }

    /// Whether the newer refresh token ended with the older one.
    pub(super) fn family(&mut self, reply: &Reply) -> Vec<Action> {
        let judgement = if reply.status == 200 {
            let check = life::family(&reply.body);
            let why = vec![check.sentence.clone()];
            Judgement { checks: vec![check], why, ..Judgement::default() }.or(Verdict::NotRun)
        } else {
            held::unanswered(reply)
        };
        let mut actions = vec![Action::Judge(judgement)];
        actions.extend(self.clean_up());
        actions
    }
}
