//! The Draft: a Setup under way, with what was asked for beside it. Everything that will be written comes from here.

use super::Setup;
use crate::okta::model::{AppId, GroupId, SecretId, UserId};
use crate::text::Clean;
use serde::{Deserialize, Serialize};

/// Which app a draft is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// An app that does not exist yet.
    New,
    /// An app that exists.
    Existing(AppId),
}

/// Something that a declarative, additive Setup cannot say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Take a person's direct assignment away.
    UnassignPerson {
        /// Who.
        id: UserId,
        /// Their login.
        login: Clean,
    },
    /// Change what the app calls a person.
    SetUserName {
        /// Who.
        id: UserId,
        /// Their login.
        login: Clean,
        /// What the app is to call them.
        name: String,
    },
    /// Take a group's assignment away.
    UnassignGroup {
        /// Which.
        id: GroupId,
        /// Its name.
        name: Clean,
    },
    /// Take a redirect URI away from the app. Without this, URIs that the Setup does not name stay.
    RemoveRedirectUri(String),
    /// Take a sign-out URI away from the app.
    RemoveSignOutUri(String),
    /// Do something to the app's client secrets.
    Secret(SecretAsk),
}

/// What is asked of an app's client secrets. Okta keeps two at most, deletes only inactive ones, and never lets go of the last active one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretAsk {
    /// Make a second one, active at once beside the first.
    Add,
    /// Activate one again.
    Activate(SecretId),
    /// Deactivate one: whoever still sends it is refused.
    Deactivate(SecretId),
    /// Delete an inactive one.
    Delete(SecretId),
}

/// A Setup under way for one app of one org, saved at every change and free of secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The org it is for.
    pub org_url: String,
    /// New, or which app.
    pub target: Target,
    /// What is wanted.
    pub setup: Setup,
    /// What a Setup cannot say.
    pub asks: Vec<Ask>,
    /// The step the admin was on: 1 to 5, then 6 plan, 7 hand over, 8 test.
    pub step: u8,
    /// Warnings that the admin has accepted, by their check's name and the value they were about.
    pub accepted: Vec<String>,
    /// Reason or ticket, kept in the journal.
    pub reason: String,
}

impl Draft {
    /// A draft for a new app with the values that the gateway's guide recommends.
    pub fn new(org_url: impl Into<String>) -> Self {
        Self {
            org_url: org_url.into(),
            target: Target::New,
            setup: Setup::default(),
            asks: Vec::new(),
            step: 1,
            accepted: Vec::new(),
            reason: String::new(),
        }
    }
}
