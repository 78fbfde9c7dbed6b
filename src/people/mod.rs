//! People and groups at the size of a real org, as values: who was asked for in a file, who has access and by which way, and
//! what is known of one person or one group.
//!
//! Pure. May name `okta::model` and `text`. What is read for these lives in `run/lookup.rs`, `run/reviewing.rs` and `run/details.rs`.

pub mod bulk;
pub mod matching;
pub mod resolve;
pub mod review;

use crate::okta::model::{
    AppGroup, AppUser, Assigned, Factor, Group, GroupId, LogEvent, Readable, User, UserId,
};
use crate::text::Clean;
use jiff::Timestamp;

/// Where a list of people comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file on this machine, by its path.
    File(String),
    /// Text: a paste, or standard input.
    Text(String),
}

/// What a list of people is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To assign them.
    Assign,
    /// To take their direct assignment away.
    Remove,
}

/// A row of a list, and whom it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line in the source, from 1.
    pub line: u64,
    /// The login, e-mail address or id that stood there.
    pub asked: Clean,
    /// Whom that is.
    pub found: Found,
}

/// Whom a row means, and whether there is anything to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// One person, and something to do.
    One(User),
    /// Several have this e-mail address.
    Ambiguous(Vec<User>),
    /// Nobody.
    NotFound,
    /// Nothing to do: they have access already, or, for a removal, are not assigned by name. How they come to the app now.
    Already(User, Option<Assigned>),
    /// One person whose status lets Okta refuse the assignment, or who could not sign in.
    Inactive(User),
    /// Stands on an earlier line as well.
    Repeated {
        /// That line.
        first: u64,
    },
    /// It could not be looked up; a sentence.
    NotRead(Clean),
}

/// A list of people, looked up: nothing is staged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What it is for.
    pub purpose: Purpose,
    /// Its rows, in order.
    pub rows: Vec<Row>,
    /// What was seen of the form: `comma-separated, column "login", UTF-8 with a byte-order mark`.
    pub form: String,
    /// What the person should know: columns that were passed over ….
    pub notes: Vec<String>,
}

/// The last sign-in of a person to one app, as far as the System Log tells: Okta keeps 90 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSignIn {
    /// Then.
    At(Timestamp),
    /// None since then, which is as far back as the log was read.
    NoneSince(Timestamp),
    /// The log could not be read.
    NotRead,
}

/// By which ways somebody has access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Assigned by name.
    pub direct: bool,
    /// Through these assigned groups.
    pub groups: Vec<(GroupId, Clean)>,
    /// Assigned through some group, and which one is not known: its members were not or could not be read.
    pub some_group: bool,
}

/// Somebody who has access to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub id: UserId,
    /// The person, where the directory could be read.
    pub person: Option<User>,
    /// What the app calls them.
    pub user_name: Option<Clean>,
    /// By which ways.
    pub ways: Ways,
    /// Their last sign-in to this app.
    pub last: LastSignIn,
}

/// Who has access to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The app's label.
    pub label: Clean,
    /// When it was read.
    pub read: Timestamp,
    /// Everybody with access, by login.
    pub rows: Vec<Access>,
    /// The groups that are assigned, with their sizes where known.
    pub groups: Vec<Group>,
    /// What could not be read, and what that means for the list.
    pub notes: Vec<String>,
}

/// What is known of one person, for their detail.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonDetail {
    /// The person, as of now.
    pub person: User,
    /// Their groups, Everyone among them.
    pub groups: Readable<Vec<Group>>,
    /// The factors they have enrolled and the present policy allows.
    pub factors: Readable<Vec<Factor>>,
    /// Their assignment to the app; `Known(None)` when there is none. Not asked without an app.
    pub app_user: Readable<Option<AppUser>>,
    /// Their last events with this app, the newest first.
    pub events: Readable<Vec<LogEvent>>,
}

/// What is known of one group, for its detail. Its members follow page by page.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupDetail {
    /// The group, with its number of members.
    pub group: Group,
    /// Its assignment to the app; `Known(None)` when there is none.
    pub app_group: Readable<Option<AppGroup>>,
}
