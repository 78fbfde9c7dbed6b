//! The check-up: the whole configuration of an app as it is in the org, judged without a sign-in. What keeps people out comes first, then
//! what lets the wrong ones in, then what will bite later.
//!
//! Pure. May name `setup`, `policy`, `model`, `text`, `uri`. What comes in are [`Facts`], read by `run`; what may not be read is a
//! finding of its own and never passes for *all is well*.

mod drift;
mod rules;
#[cfg(test)]
mod tests;

pub use drift::{Drifted, Field, drift};

use crate::okta::model::{
    App, AppGroup, AppUser, Engine, Group, Policy, Readable, ServerKind, SignOnRule, User,
};
use crate::policy::Cover;
use crate::setup::{Context, Fix, Setup};
use jiff::Timestamp;

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// Nobody can sign in, or the gateway cannot finish any sign-in.
    Everybody,
    /// Some people cannot sign in, or will not be able to.
    Some,
    /// Somebody may come in who should not, or a secret is weaker than it looks.
    Exposed,
    /// It works, and will be trouble later.
    Later,
    /// It could not be looked at.
    NotRead,
    /// Worth knowing.
    Note,
}

impl Harm {
    /// As reports show it: `FAIL`, `FAIL`, `RISK`, `WARN`, `NOT READ`, `INFO`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Everybody | Self::Some => "FAIL",
            Self::Exposed => "RISK",
            Self::Later => "WARN",
            Self::NotRead => "NOT READ",
            Self::Note => "INFO",
        }
    }

    /// What it means, in a few words: a heading over the findings of its kind.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everybody => "nobody can sign in",
            Self::Some => "some cannot sign in",
            Self::Exposed => "the wrong ones may come in",
            Self::Later => "trouble later",
            Self::NotRead => "could not be looked at",
            Self::Note => "worth knowing",
        }
    }

    /// As JSON names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "nobody_can_sign_in",
            Self::Some => "some_cannot_sign_in",
            Self::Exposed => "exposed",
            Self::Later => "later",
            Self::NotRead => "not_read",
            Self::Note => "note",
        }
    }
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// An administrator of the org, with oktui or in the Admin Console.
    OktaAdmin,
    /// Who runs the gateway.
    GatewayTeam,
}

impl Who {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::OktaAdmin => "Okta administrator",
            Self::GatewayTeam => "gateway team",
        }
    }
}

/// Where it is mended with oktui.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A step of the wizard, 1 to 5.
    Step(u8),
    /// The panes of people and groups.
    People,
    /// The client secrets.
    Secrets,
    /// The plan.
    Plan,
}

/// Something that the check-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable name: `nobody-assigned`.
    pub rule: &'static str,
    /// How bad it is.
    pub harm: Harm,
    /// In a sentence.
    pub title: String,
    /// What was seen, where that says more than the title; several lines where several things were.
    pub evidence: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// What helps, in a sentence or two.
    pub help: String,
    /// The edit of the Setup that mends it, where there is one.
    pub fix: Option<Fix>,
    /// The wizard's step that it stands on, 1 to 5, where it does.
    pub step: Option<u8>,
    /// Who can mend it.
    pub who: Who,
    /// Where the rule comes from: an RFC with its section, or Okta's page.
    pub source: &'static str,
}

impl Finding {
    /// Where it is mended, if that is a place of oktui's: what has an edit is mended by the plan.
    pub fn place(&self) -> Option<Place> {
        match self.rule {
            _ if self.fix.is_some() => Some(Place::Plan),
            "no-code-grant" | "app-inactive" => Some(Place::Plan),
            "nobody-assigned"
            | "assigned-and-barred"
            | "assigned-and-silent"
            | "everyone"
            | "everyone-in-production" => Some(Place::People),
            "no-active-secret" | "rotation-not-ended" | "old-secret" => Some(Place::Secrets),
            // Neither is in a Setup: only the Admin Console has it.
            "weak-grant" | "federation-broker" => None,
            _ => self.step.map(Place::Step),
        }
    }
}

/// A client secret without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFacts {
    /// Whether the token endpoint takes it.
    pub active: bool,
    /// When it was made.
    pub created: Option<Timestamp>,
}

/// What the check-up judges.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The app.
    pub app: App,
    /// The app as a Setup.
    pub setup: Setup,
    /// What is known around it.
    pub context: Context,
    /// The gateway's callbacks in the context were told for this org; else they are the public gateway's.
    pub callbacks_told: bool,
    /// The authorization server that it is used with.
    pub server: ServerKind,
    /// The policies of that server; [`Readable::NotAsked`] for the org's own, which has none.
    pub policies: Readable<Vec<Policy>>,
    /// The app's people, with what is known of each.
    pub people: Readable<Vec<(AppUser, Option<User>)>>,
    /// The app's groups.
    pub groups: Readable<Vec<AppGroup>>,
    /// The built-in group of everybody.
    pub everyone: Readable<Group>,
    /// The client secrets; [`Readable::NotAsked`] where reading them was not asked for, since Okta logs it.
    pub secrets: Readable<Vec<SecretFacts>>,
    /// The rules of the app's sign-in policy; `Known(None)` where the app names none (Classic Engine).
    pub sign_on: Readable<Option<Vec<SignOnRule>>>,
    /// The org's engine.
    pub engine: Engine,
    /// The org is marked as production.
    pub prod: bool,
    /// Now.
    pub now: Timestamp,
}

impl Facts {
    /// Whether a rule of the server's policies lets sign-ins of this client through, where that can be told.
    pub fn cover(&self) -> Option<Cover> {
        let policies = self.policies.known()?;
        let client = self.app.client_id();
        let everyone = self.everyone.known().map(|g| &g.id);
        let scopes = &self.setup.authorization_server.scopes;
        Some(crate::policy::covers(policies, client.as_ref(), scopes, everyone))
    }
}

/// Everything that is to be said, the worst first; among equals in the order in which one would look.
pub fn check_up(facts: &Facts) -> Vec<Finding> {
    let mut found = rules::all(facts);
    found.sort_by_key(|finding| finding.harm);
    found
}
