//! Why one person can, or cannot, sign in through an app: one question after the other, in the order in which Okta asks them.

use crate::okta::model::{App, AppGroup, AppUser, Factor, Group, Policy, Readable, ServerKind, User};

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
    /// Its access policies with their rules. Not asked for the org's own server: it has none.
    pub policies: Readable<Vec<Policy>>,
    /// The scopes that the gateway asks for.
    pub scopes: Vec<String>,
    /// The app's sign-on rules, by priority, as Okta answers them; `Known(None)` on Classic, or where the app has no policy of its own.
    pub sign_on: Readable<Option<Policy>>,
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
    /// Let the wizard add an access policy for this client: step 5.
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
