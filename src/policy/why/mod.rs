//! Why one person can, or cannot, sign in through an app: one question after the other, in the order in which Okta asks them.

mod answer;
#[cfg(test)]
mod tests;

use crate::okta::model::{App, AppGroup, AppUser, Factor, Group, Policy, Readable, ServerKind, SignOn, User};

pub use answer::why;

/// What was read about one person and one app. What could not be read is never taken for absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The app.
    pub app: App,
    /// The person.
    pub person: User,
    /// Their assignment; `Known(None)` when there is none.
    pub assignment: Readable<Option<AppUser>>,
    /// The groups that are assigned to the app.
    pub app_groups: Readable<Vec<AppGroup>>,
    /// The person's groups, Everyone among them.
    pub groups: Readable<Vec<Group>>,
    /// The authorization server that the gateway uses.
    pub server: ServerKind,
    /// Whether it answers with a discovery document: one that is missing or inactive does not.
    pub server_answers: Readable<bool>,
    /// Its access policies with their rules. Not asked for the org's own server: it has none.
    pub policies: Readable<Vec<Policy>>,
    /// The scopes that the gateway asks for.
    pub scopes: Vec<String>,
    /// The sign-in policies.
    pub sign_on: Readable<SignOn>,
    /// The factors that they have enrolled.
    pub factors: Readable<Vec<Factor>>,
}

/// What a line asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// Is the app active?
    App,
    /// May this person sign in to the org at all?
    Status,
    /// Are they assigned, and by which way?
    Assignment,
    /// Does a policy of the authorization server cover client, person, grant and scopes?
    AccessPolicy,
    /// Does the app's sign-on policy let them in?
    SignOn,
    /// Have they enrolled what the sign-on rule asks for?
    Factors,
}

/// The answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Pass,
    /// No: this stops them.
    Fail,
    /// This session may not read what it takes to answer.
    NotReadable,
    /// It cannot be judged from here: it depends on the sign-in itself.
    NotJudged,
}

/// What helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Assign the person by name: one change.
    AssignPerson,
    /// Activate the app: one change.
    ActivateApp,
    /// Let the wizard add an access policy for this client, or choose another server: step 5.
    CoverClient,
    /// Only a person can act; what to do, and who may, in sentences.
    Words(String),
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was asked.
    pub question: Question,
    /// The answer.
    pub verdict: Verdict,
    /// What was seen, in a sentence.
    pub saw: String,
    /// What helps, for a line that is not passed.
    pub remedy: Option<Remedy>,
}

/// The answers, in the order in which Okta asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// One line a question.
    pub lines: Vec<Line>,
}

impl Question {
    /// Its name on the screen.
    pub fn words(self) -> &'static str {
        match self {
            Self::App => "app active",
            Self::Status => "person active",
            Self::Assignment => "assigned",
            Self::AccessPolicy => "access policy",
            Self::SignOn => "sign-on policy",
            Self::Factors => "factors",
        }
    }

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Status => "status",
            Self::Assignment => "assignment",
            Self::AccessPolicy => "access_policy",
            Self::SignOn => "sign_on_policy",
            Self::Factors => "factors",
        }
    }
}

impl Verdict {
    /// The word on the screen. `FAIL` alone is in capitals: it is what one looks for.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "FAIL",
            Self::NotReadable => "not readable",
            Self::NotJudged => "not judged",
        }
    }

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotReadable => "not_readable",
            Self::NotJudged => "not_judged",
        }
    }
}

impl Remedy {
    /// What it is, in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::AssignPerson => "Assign them to the app, by name or through a group.".into(),
            Self::ActivateApp => "Activate the app.".into(),
            Self::CoverClient => {
                "Let step 5 add an access policy with a rule for this client, or use another authorization server.".into()
            }
            Self::Words(words) => words.clone(),
        }
    }
}

impl Why {
    /// Whether they can sign in: no, if anything fails; yes, if everything passes; else nobody can tell from here.
    pub fn can_sign_in(&self) -> Option<bool> {
        let has = |verdict| self.lines.iter().any(|l| l.verdict == verdict);
        if has(Verdict::Fail) {
            Some(false)
        } else if has(Verdict::NotReadable) || has(Verdict::NotJudged) {
            None
        } else {
            Some(true)
        }
    }

    /// The answer in a sentence.
    pub fn sentence(&self, person: &str, app: &str) -> String {
        match self.can_sign_in() {
            Some(true) => format!("{person} can sign in to {app}."),
            Some(false) => {
                let what: Vec<&str> = self
                    .lines
                    .iter()
                    .filter(|l| l.verdict == Verdict::Fail)
                    .map(|l| l.question.words())
                    .collect();
                format!("{person} cannot sign in to {app}: see {}.", what.join(", "))
            }
            None => format!(
                "Nothing that was found stops {person} from signing in to {app}; not all of it could be judged."
            ),
        }
    }
}
