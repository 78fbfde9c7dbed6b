//! The Draft: a Setup under way, with what was asked for beside it. Everything that will be written comes from here.

use super::{Fix, Setup, apply_fix};
use crate::okta::model::{App, AppId, GroupId, SecretId, UserId};
use crate::text::Clean;
use serde::{Deserialize, Serialize};

/// Which app a draft is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// The MCP server of the inventory that this new app is for: it is with another app until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub splits: Option<Place>,
}

/// A server of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its environment; empty where it has none.
    pub environment: String,
}

impl Draft {
    /// Makes the edit. A URI that the app has in Okta and that the edit takes out of the Setup is asked to be removed there: without
    /// that it would stay. `false`: what it was offered for is no longer there, and nothing was changed.
    pub fn mend(&mut self, fix: &Fix, live: Option<&App>) -> bool {
        let before = self.setup.clone();
        if !apply_fix(&mut self.setup, fix) {
            return false;
        }
        let Some(live) = live.filter(|_| self.target != Target::New) else { return true };
        let (sign_in, sign_out) = (live.redirect_uris(), live.sign_out_uris());
        let gone = before.redirect_uris.iter().map(|row| &row.uri).filter(|uri| {
            sign_in.contains(uri) && self.setup.redirect_uris.iter().all(|row| row.uri != **uri)
        });
        let mut asks: Vec<Ask> = gone.map(|uri| Ask::RemoveRedirectUri(uri.clone())).collect();
        let gone = before.sign_out.uris.iter();
        let gone = gone.filter(|uri| sign_out.contains(uri) && !self.setup.sign_out.uris.contains(uri));
        asks.extend(gone.map(|uri| Ask::RemoveSignOutUri(uri.clone())));
        asks.retain(|ask| !self.asks.contains(ask));
        self.asks.extend(asks);
        true
    }

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
            splits: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::{Edit, RedirectUri};

    fn live(uris: &[&str]) -> App {
        let raw = serde_json::json!({"id": "0oaA", "settings": {"oauthClient": {"redirect_uris": uris}}});
        serde_json::from_value(raw).unwrap()
    }

    fn draft(uris: &[&str]) -> Draft {
        let mut draft = Draft::new("https://acme.okta.com");
        draft.target = Target::Existing("0oaA".parse().unwrap());
        let row = |uri: &&str| RedirectUri { environment: (*uri).into(), uri: (*uri).into() };
        draft.setup.redirect_uris = uris.iter().map(row).collect();
        draft
    }

    fn slip() -> Fix {
        let (from, to) = ("https://h/cb/".to_owned(), "https://h/cb".to_owned());
        Fix { title: "use the callback".into(), edit: Edit::SetRedirectUri { row: 0, from, to } }
    }

    #[test]
    fn a_uri_that_a_fix_replaces_goes_in_okta_too() {
        let mut mended = draft(&["https://h/cb/"]);
        assert!(mended.mend(&slip(), Some(&live(&["https://h/cb/", "https://other/cb"]))));
        assert_eq!(mended.setup.redirect_uris[0].uri, "https://h/cb");
        assert_eq!(mended.asks, [Ask::RemoveRedirectUri("https://h/cb/".into())], "and no other URI");
        assert!(!mended.mend(&slip(), None), "there is nothing left to mend");
    }

    #[test]
    fn what_okta_does_not_have_is_not_asked_to_be_removed() {
        let mut unknown = draft(&["https://h/cb/"]);
        assert!(unknown.mend(&slip(), Some(&live(&["https://other/cb"]))));
        let mut new = Draft { target: Target::New, ..draft(&["https://h/cb/"]) };
        assert!(new.mend(&slip(), Some(&live(&["https://h/cb/"]))));
        // The same URI stands in another row: it is still wanted.
        let mut twice = draft(&["https://h/cb/", "https://h/cb/"]);
        assert!(twice.mend(&slip(), Some(&live(&["https://h/cb/"]))));
        assert!(unknown.asks.is_empty() && new.asks.is_empty() && twice.asks.is_empty());
    }
}
