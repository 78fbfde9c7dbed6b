//! Staged rotation of an app's client secret: two work side by side until everybody has the new one. Okta allows that and offers no
//! checklist for it (Okta's guide *Client secret rotation and key management*).
//!
//! Where a rotation stands is read from the secrets themselves wherever they tell, so that a crash between a write and its note on disk
//! loses nothing; only what Okta cannot know (proof, who has the new one) is remembered.

use crate::okta::model::{App, AppId, ClientId, ClientSecret, Readable, SecretId};
use crate::setup::SecretAsk;
use crate::text::{Clean, plural, time};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where the secret has to be replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A gateway environment or an MCP server.
    pub name: String,
    /// When somebody said that it has the new one.
    pub updated: Option<Timestamp>,
}

/// A rotation of one app's client secret, from its beginning to its end. Free of secret values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// The version of this document's shape: 1.
    pub version: u32,
    /// The org.
    pub org_url: String,
    /// The app.
    pub app: AppId,
    /// Its client id.
    pub client_id: ClientId,
    /// Its name.
    pub label: Clean,
    /// When it began.
    pub began: Timestamp,
    /// The secret that goes.
    pub old: SecretId,
    /// The secret that comes, once it is known.
    pub new: Option<SecretId>,
    /// When the token endpoint took the new one.
    pub proved: Option<Timestamp>,
    /// Where it has to be replaced.
    pub places: Vec<Place>,
    /// When the old one was seen inactive.
    pub deactivated: Option<Timestamp>,
    /// When the token endpoint took the new one while the old one was inactive.
    pub confirmed: Option<Timestamp>,
}

/// Where a rotation stands: what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// An inactive secret takes the second place: it goes first.
    Clear(SecretId),
    /// The new one is to be made.
    Make,
    /// The new one is to be proved at the token endpoint, without anybody signing in.
    Prove,
    /// It is to be put in at these places, named one by one.
    Update(Vec<String>),
    /// Everybody has it: the old one can be deactivated.
    Deactivate,
    /// The new one is to be proved alone.
    Confirm,
    /// The old one can be deleted.
    Delete,
    /// The old one is gone.
    Done,
    /// The new secret is inactive or gone: nothing may be taken away now.
    Broken(String),
}

/// An app's secrets, and where their rotation stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The app.
    pub app: App,
    /// Its secrets, values left out, the oldest first.
    pub secrets: Vec<ClientSecret>,
    /// The rotation, if one is under way or ended last.
    pub rotation: Option<Rotation>,
    /// What comes next.
    pub stage: Option<Stage>,
    /// Which secrets Okta's log has seen in use since there are two; asked for while both are active.
    pub used: Readable<Vec<Used>>,
}

/// A secret as Okta's log has seen it in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Which.
    pub secret: SecretId,
    /// When last.
    pub last: Timestamp,
    /// How often, among the events that were read.
    pub times: usize,
}

/// Which secrets token requests were made with, by the hash that the log and the secret share. Requests that name none tell nothing.
pub fn used(secrets: &[ClientSecret], requests: &[(Timestamp, Clean)]) -> Vec<Used> {
    let of = |secret: &ClientSecret| {
        let hash = secret.hash.as_ref()?;
        let at: Vec<Timestamp> =
            requests.iter().filter(|(_, sent)| sent == hash).map(|(at, _)| *at).collect();
        Some(Used { secret: secret.id.clone(), last: *at.iter().max()?, times: at.len() })
    };
    secrets.iter().filter_map(of).collect()
}

impl Standing {
    /// What the log says of the old secret, in a sentence; nothing where it was not asked.
    pub fn old_in_use(&self) -> Option<String> {
        let rotation = self.rotation.as_ref()?;
        Some(match &self.used {
            Readable::NotAsked => return None,
            Readable::Known(used) => match used.iter().find(|u| u.secret == rotation.old) {
                Some(old) => format!(
                    "Okta's log saw the old secret in use {} since there are two, last at {}.",
                    plural(old.times, "time"),
                    time::utc(old.last)
                ),
                None => "Okta's log has not seen the old secret in use since there are two. It tells of what was used, not of who still has it.".into(),
            },
            Readable::Forbidden(_) | Readable::Failed(_) => {
                "Okta's log could not be read: whether the old secret is still in use is not known (okta.logs.read).".into()
            }
        })
    }
}

/// Why a rotation cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotBegin {
    /// There is no active secret.
    #[error("the app has no active client secret")]
    NoSecret,
    /// Two are active, and nobody but the gateway knows which one it uses.
    #[error("two client secrets are active already: {0} and {1}")]
    TwoActive(SecretId, SecretId),
}

impl CannotBegin {
    /// What helps, in a sentence or two.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoSecret => {
                "Activate one in the Admin Console, or give the app a method with a secret in step 2."
            }
            Self::TwoActive(..) => {
                "A rotation was begun elsewhere. Say which one goes: --old ID. The other one is taken for the new one."
            }
        }
    }
}

impl Rotation {
    /// Begins one. `old` names the secret that goes, where two are active.
    ///
    /// # Errors
    /// [`CannotBegin`].
    pub fn begin(
        org_url: &str,
        (app, client_id, label): (AppId, ClientId, Clean),
        live: &[ClientSecret],
        old: Option<&SecretId>,
        places: &[String],
        now: Timestamp,
    ) -> Result<Self, CannotBegin> {
        let active: Vec<&ClientSecret> = live.iter().filter(|s| s.active).collect();
        let (goes, comes) = match (&active[..], old) {
            ([], _) => return Err(CannotBegin::NoSecret),
            ([one], _) => (one.id.clone(), None),
            ([a, b, ..], Some(old)) if a.id == *old => (a.id.clone(), Some(b.id.clone())),
            ([a, b, ..], Some(old)) if b.id == *old => (b.id.clone(), Some(a.id.clone())),
            ([a, b, ..], _) => return Err(CannotBegin::TwoActive(a.id.clone(), b.id.clone())),
        };
        let place = |name: &String| Place { name: name.clone(), updated: None };
        Ok(Self {
            version: 1,
            org_url: org_url.to_owned(),
            app,
            client_id,
            label,
            began: now,
            old: goes,
            new: comes,
            proved: None,
            places: places.iter().map(place).collect(),
            deactivated: None,
            confirmed: None,
        })
    }

    /// Takes in what the secrets tell: a new one that was made, an old one that is inactive, or active again.
    pub fn settle(&mut self, live: &[ClientSecret], now: Timestamp) {
        let made = live.iter().filter(|s| s.id != self.old && s.active).max_by_key(|s| s.created);
        if self.new.is_none() {
            self.new = made.map(|s| s.id.clone());
        }
        match live.iter().find(|s| s.id == self.old) {
            Some(old) if old.active => (self.deactivated, self.confirmed) = (None, None),
            _ => {
                self.deactivated.get_or_insert(now);
            }
        }
    }

    /// What comes next.
    pub fn stage(&self, live: &[ClientSecret]) -> Stage {
        let old = live.iter().find(|s| s.id == self.old);
        let Some(new) = &self.new else {
            let other = live.iter().find(|s| s.id != self.old && !s.active);
            return match other {
                Some(other) => Stage::Clear(other.id.clone()),
                None => Stage::Make,
            };
        };
        match live.iter().find(|s| s.id == *new) {
            None => return Stage::Broken(format!("The new client secret {new} is not there any more.")),
            Some(s) if !s.active => {
                return Stage::Broken(format!("The new client secret {new} is inactive."));
            }
            Some(_) => {}
        }
        let Some(old) = old else { return Stage::Done };
        let open: Vec<String> =
            self.places.iter().filter(|p| p.updated.is_none()).map(|p| p.name.clone()).collect();
        match (old.active, self.proved, self.confirmed) {
            (true, None, _) => Stage::Prove,
            (true, Some(_), _) if !open.is_empty() => Stage::Update(open),
            (true, Some(_), _) => Stage::Deactivate,
            (false, _, None) => Stage::Confirm,
            (false, _, Some(_)) => Stage::Delete,
        }
    }

    /// What is asked of the app for the next step; `None` where the step is no write.
    pub fn ask(&self, stage: &Stage) -> Option<SecretAsk> {
        match stage {
            Stage::Clear(id) => Some(SecretAsk::Delete(id.clone())),
            Stage::Make => Some(SecretAsk::Add),
            Stage::Deactivate => Some(SecretAsk::Deactivate(self.old.clone())),
            Stage::Delete => Some(SecretAsk::Delete(self.old.clone())),
            Stage::Prove | Stage::Update(_) | Stage::Confirm | Stage::Done | Stage::Broken(_) => None,
        }
    }

    /// The way back from where it stands: the old one active, the new one gone. Empty where there is none.
    pub fn back(&self, live: &[ClientSecret]) -> Vec<SecretAsk> {
        let Some(old) = live.iter().find(|s| s.id == self.old) else { return Vec::new() };
        let mut asks = Vec::new();
        if !old.active {
            asks.push(SecretAsk::Activate(old.id.clone()));
        }
        // With the old one active again the new one may stay: it is taken away only while nobody has it.
        let given = self.places.iter().any(|p| p.updated.is_some());
        if let Some(new) = self.new.as_ref().and_then(|id| live.iter().find(|s| s.id == *id))
            && old.active
            && !given
        {
            if new.active {
                asks.push(SecretAsk::Deactivate(new.id.clone()));
            }
            asks.push(SecretAsk::Delete(new.id.clone()));
        }
        asks
    }

    /// Notes that a place has the new secret. Whether there is such a place.
    pub fn tick(&mut self, name: &str, now: Timestamp) -> bool {
        let place = self.places.iter_mut().find(|p| p.name.eq_ignore_ascii_case(name));
        place.map(|p| p.updated.get_or_insert(now)).is_some()
    }
}

impl Stage {
    /// Its name in JSON and after `oktui rotate`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Clear(_) => "clear",
            Self::Make => "make",
            Self::Prove => "prove",
            Self::Update(_) => "update",
            Self::Deactivate => "deactivate",
            Self::Confirm => "confirm",
            Self::Delete => "delete",
            Self::Done => "done",
            Self::Broken(_) => "broken",
        }
    }

    /// What comes next, in a sentence or two.
    pub fn sentence(&self) -> String {
        match self {
            Self::Clear(id) => format!("An inactive secret, {id}, takes the second place: delete it first."),
            Self::Make => "Make the second secret. Both work side by side; nobody notices.".into(),
            Self::Prove => "Prove the new secret at the token endpoint. Nobody has to sign in for that.".into(),
            Self::Update(open) => {
                format!("Put the new secret in at {}: {}.", plural(open.len(), "place"), open.join(", "))
            }
            Self::Deactivate => {
                "Deactivate the old secret. Whoever still sends it is refused from then on; it can be activated again at once.".into()
            }
            Self::Confirm => "Prove the new secret alone, now that the old one is inactive.".into(),
            Self::Delete => "Delete the old secret. It does not come back.".into(),
            Self::Done => "The rotation is done: the old secret is gone.".into(),
            Self::Broken(why) => format!("{why} Begin again, or go back."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret(id: &str, active: bool) -> ClientSecret {
        ClientSecret { id: id.parse().unwrap(), value: None, hash: None, active, created: None }
    }
    fn now() -> Timestamp {
        "2026-11-23T10:00:00Z".parse().unwrap()
    }
    fn begin(live: &[ClientSecret], old: Option<&str>, places: &[&str]) -> Result<Rotation, CannotBegin> {
        let app = ("0oaA".parse().unwrap(), "0oaA".parse().unwrap(), Clean::new("Gateway"));
        let places: Vec<String> = places.iter().map(|p| (*p).to_owned()).collect();
        let old = old.map(|id| id.parse().unwrap());
        Rotation::begin("https://acme.okta.com", app, live, old.as_ref(), &places, now())
    }

    #[test]
    fn the_log_tells_which_secret_is_in_use_by_its_hash() {
        let hashed = |id: &str, hash: &str| ClientSecret { hash: Some(hash.into()), ..secret(id, true) };
        let live = [hashed("ocsOld", "h1"), hashed("ocsNew", "h2"), secret("ocsBare", true)];
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let seen = used(&live, &[(at(1), "h1".into()), (at(9), "h1".into()), (at(5), "other".into())]);
        assert_eq!(seen, [Used { secret: "ocsOld".parse().unwrap(), last: at(9), times: 2 }]);
    }

    /// What Okta does with an ask, with its rules.
    fn carry_out(live: &mut Vec<ClientSecret>, ask: &SecretAsk) {
        let active = live.iter().filter(|s| s.active).count();
        match ask {
            SecretAsk::Add => {
                assert!(live.len() < 2, "a third secret");
                live.push(secret(&format!("ocsN{}", live.len()), true));
            }
            SecretAsk::Activate(id) => live.iter_mut().find(|s| s.id == *id).unwrap().active = true,
            SecretAsk::Deactivate(id) => {
                let found = live.iter_mut().find(|s| s.id == *id).unwrap();
                assert!(active > 1 || !found.active, "the only active one");
                found.active = false;
            }
            SecretAsk::Delete(id) => {
                assert!(!live.iter().find(|s| s.id == *id).unwrap().active, "an active one");
                live.retain(|s| s.id != *id);
            }
        }
    }

    #[test]
    fn from_start_to_end_one_step_after_the_other() {
        let mut live = vec![secret("ocsOld", true)];
        let mut r = begin(&live, None, &["prod", "staging"]).unwrap();
        let mut seen = Vec::new();
        for _ in 0..20 {
            r.settle(&live, now());
            let stage = r.stage(&live);
            seen.push(stage.as_str());
            match (&stage, r.ask(&stage)) {
                (_, Some(ask)) => carry_out(&mut live, &ask),
                (Stage::Prove, _) => r.proved = Some(now()),
                (Stage::Confirm, _) => r.confirmed = Some(now()),
                (Stage::Update(open), _) => assert!(r.tick(&open[0].to_uppercase(), now())),
                _ => break,
            }
        }
        assert_eq!(seen, ["make", "prove", "update", "update", "deactivate", "confirm", "delete", "done"]);
        assert_eq!(live.len(), 1);
        assert!(!r.tick("nowhere", now()));
    }

    #[test]
    fn it_begins_only_where_it_is_clear_which_one_goes() {
        assert_eq!(begin(&[secret("ocsA", false)], None, &[]), Err(CannotBegin::NoSecret));
        let two = [secret("ocsA", true), secret("ocsB", true)];
        assert!(matches!(begin(&two, None, &[]), Err(CannotBegin::TwoActive(..))));
        assert!(matches!(begin(&two, Some("ocsC"), &[]), Err(CannotBegin::TwoActive(..))));
        let named = begin(&two, Some("ocsB"), &[]).unwrap();
        assert_eq!((named.old.as_str(), named.new.as_ref().map(SecretId::as_str)), ("ocsB", Some("ocsA")));
        let beside = [secret("ocsA", true), secret("ocsOff", false)];
        let r = begin(&beside, None, &[]).unwrap();
        assert_eq!(r.stage(&beside), Stage::Clear("ocsOff".parse().unwrap()));
    }

    #[test]
    fn a_new_secret_that_is_gone_stops_everything() {
        let live = [secret("ocsOld", true), secret("ocsNew", true)];
        let mut r = begin(&live[..1], None, &[]).unwrap();
        r.settle(&live, now());
        assert_eq!(r.new.as_ref().map(SecretId::as_str), Some("ocsNew"));
        r.proved = Some(now());
        assert!(matches!(r.stage(&live[..1]), Stage::Broken(_)));
        let off = [secret("ocsOld", true), secret("ocsNew", false)];
        assert!(matches!(r.stage(&off), Stage::Broken(_)));
        assert_eq!(r.ask(&r.stage(&off)), None);
    }

    proptest! {
        /// Wherever a rotation stands, the way back leaves the old secret active, breaks no rule of Okta's, and never takes a secret
        /// away that some place has.
        #[test]
        fn the_way_back_is_safe_from_everywhere(steps in 0_usize..9, ticks in 0_usize..3) {
            let mut live = vec![secret("ocsOld", true)];
            let mut r = begin(&live, None, &["a", "b"]).unwrap();
            let mut ticked = 0;
            for _ in 0..steps {
                r.settle(&live, now());
                let stage = r.stage(&live);
                match (&stage, r.ask(&stage)) {
                    (_, Some(ask)) => carry_out(&mut live, &ask),
                    (Stage::Prove, _) => r.proved = Some(now()),
                    (Stage::Confirm, _) => r.confirmed = Some(now()),
                    (Stage::Update(open), _) if ticked < ticks => { r.tick(&open[0], now()); ticked += 1; }
                    _ => break,
                }
            }
            r.settle(&live, now());
            let had_old = live.iter().any(|s| s.id == r.old);
            for ask in r.back(&live) {
                carry_out(&mut live, &ask);
            }
            prop_assert_eq!(live.iter().any(|s| s.id == r.old && s.active), had_old);
            if ticked > 0 {
                prop_assert!(r.new.as_ref().is_some_and(|id| live.iter().any(|s| s.id == *id)));
            }
        }
    }
}
