//! A check: one rule about a Setup, what it found, and the fix where there is one.

use super::{AccessMode, RedirectUri, Setup};
use crate::okta::model::ClientAuthentication;
use crate::uri::Difference;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// It will not work, or not as meant, unless somebody meant exactly this.
    Warn,
    /// Okta refuses it, or sign-in cannot work.
    Fail,
}

impl Severity {
    /// As screens and reports show it: `OK`, `INFO`, `WARN`, `FAIL`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// Every field of a Setup that a check can be about; rows are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the field of the same name in `Setup`")]
pub enum Field {
    Name,
    Logo,
    ClientAuthentication,
    PkceRequired,
    RefreshToken,
    RefreshRotation,
    RefreshLeeway,
    RedirectUris,
    RedirectUri(usize),
    RedirectEnvironment(usize),
    SignOutUris,
    SignOutUri(usize),
    AccessMode,
    People,
    Person(usize),
    Groups,
    Group(usize),
    Server,
    Scopes,
    Scope(usize),
    AccessPolicy,
    McpServers,
    McpServer(usize),
}

impl Field {
    /// The wizard's step that the field stands on, 1 to 5.
    pub fn step(self) -> u8 {
        match self {
            Self::Name | Self::Logo => 1,
            Self::ClientAuthentication
            | Self::PkceRequired
            | Self::RefreshToken
            | Self::RefreshRotation
            | Self::RefreshLeeway => 2,
            Self::RedirectUris
            | Self::RedirectUri(_)
            | Self::RedirectEnvironment(_)
            | Self::SignOutUris
            | Self::SignOutUri(_) => 3,
            Self::AccessMode | Self::People | Self::Person(_) | Self::Groups | Self::Group(_) => 4,
            Self::Server
            | Self::Scopes
            | Self::Scope(_)
            | Self::AccessPolicy
            | Self::McpServers
            | Self::McpServer(_) => 5,
        }
    }
}

/// One edit of a Setup. Rows are named by what they say, so that an edit offered for a row that has changed does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say what is set; `from` is what must stand there")]
pub enum Edit {
    SetName(String),
    RemoveLogo,
    SetClientAuthentication(ClientAuthentication),
    SetPkceRequired(bool),
    SetRefreshToken(bool),
    SetRefreshLeeway(u32),
    AddRedirectUri(RedirectUri),
    SetRedirectUri {
        row: usize,
        from: String,
        to: String,
    },
    SetEnvironment {
        row: usize,
        from: String,
        to: String,
    },
    RemoveRedirectUri {
        row: usize,
        from: String,
    },
    SetSignOutUri {
        row: usize,
        from: String,
        to: String,
    },
    RemoveSignOutUri {
        row: usize,
        from: String,
    },
    /// Takes a URI out of the sign-out list and puts it into the sign-in list.
    MoveToSignIn {
        row: usize,
        from: String,
    },
    SetAccessMode(AccessMode),
    RemovePerson {
        row: usize,
        from: String,
    },
    RemoveGroup {
        row: usize,
        from: String,
    },
    SetServer(String),
    SetScopes(Vec<String>),
    AddScope(String),
    RemoveMcpServer {
        row: usize,
        from: String,
    },
}

/// A way to mend what a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a button says it: `add offline_access`.
    pub title: String,
    /// The edit.
    pub edit: Edit,
}

impl Fix {
    pub(super) fn new(title: impl Into<String>, edit: Edit) -> Self {
        Self { title: title.into(), edit }
    }
}

/// What one rule says about one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable name of the rule, as `offline-access`.
    pub name: &'static str,
    /// The wizard's step, 1 to 5.
    pub step: u8,
    /// The field, with its row.
    pub field: Field,
    /// What was found.
    pub severity: Severity,
    /// What it is and what it means here, in a sentence or two, ready to be drawn.
    pub sentence: String,
    /// Why it is so: the standard, Okta's page, or what is not known.
    pub why: Option<String>,
    /// A way to mend it.
    pub fix: Option<Fix>,
    /// For redirect and sign-out URIs: where this one differs from what it should be.
    pub difference: Option<Difference>,
    /// For redirect and sign-out URIs with a difference: what it should be, to be shown beside it.
    pub expected: Option<String>,
}

impl Check {
    pub(super) fn new(
        name: &'static str,
        field: Field,
        severity: Severity,
        sentence: impl Into<String>,
    ) -> Self {
        Self {
            name,
            step: field.step(),
            field,
            severity,
            sentence: sentence.into(),
            why: None,
            fix: None,
            difference: None,
            expected: None,
        }
    }

    pub(super) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    pub(super) fn fix(mut self, title: impl Into<String>, edit: Edit) -> Self {
        self.fix = Some(Fix::new(title, edit));
        self
    }
}

/// Makes the edit. `false`: what it was offered for is no longer there, and nothing was changed.
pub fn apply_fix(setup: &mut Setup, fix: &Fix) -> bool {
    let before = setup.clone();
    edit(setup, &fix.edit);
    *setup != before
}

fn edit(setup: &mut Setup, edit: &Edit) {
    match edit {
        Edit::SetName(name) => setup.app.name.clone_from(name),
        Edit::RemoveLogo => setup.app.logo = None,
        Edit::SetClientAuthentication(method) => setup.app.client_authentication = *method,
        Edit::SetPkceRequired(on) => setup.app.pkce_required = *on,
        Edit::SetRefreshToken(on) => setup.grants.refresh_token = *on,
        Edit::SetRefreshLeeway(seconds) => setup.grants.refresh_leeway_seconds = *seconds,
        Edit::AddRedirectUri(row) => setup.redirect_uris.push(row.clone()),
        Edit::SetRedirectUri { row, from, to } => {
            if let Some(line) = setup.redirect_uris.get_mut(*row).filter(|line| line.uri == *from) {
                line.uri.clone_from(to);
            }
        }
        Edit::SetEnvironment { row, from, to } => {
            if let Some(line) = setup.redirect_uris.get_mut(*row).filter(|line| line.environment == *from) {
                line.environment.clone_from(to);
            }
        }
        Edit::RemoveRedirectUri { row, from } => {
            remove_row(&mut setup.redirect_uris, *row, |line| line.uri == *from);
        }
        Edit::SetSignOutUri { row, from, to } => {
            if let Some(line) = setup.sign_out.uris.get_mut(*row).filter(|line| *line == from) {
                line.clone_from(to);
            }
        }
        Edit::RemoveSignOutUri { row, from } => {
            remove_row(&mut setup.sign_out.uris, *row, |line| line == from)
        }
        Edit::MoveToSignIn { row, from } => {
            if setup.sign_out.uris.get(*row) == Some(from) {
                setup.sign_out.uris.remove(*row);
                let environment = free_environment(setup, "prod");
                setup.redirect_uris.push(RedirectUri { environment, uri: from.clone() });
            }
        }
        Edit::SetAccessMode(mode) => setup.access.mode = *mode,
        Edit::RemovePerson { row, from } => remove_row(&mut setup.access.people, *row, |line| line == from),
        Edit::RemoveGroup { row, from } => remove_row(&mut setup.access.groups, *row, |line| line == from),
        Edit::SetServer(id) => setup.authorization_server.id.clone_from(id),
        Edit::SetScopes(scopes) => setup.authorization_server.scopes.clone_from(scopes),
        Edit::AddScope(scope) => {
            if !setup.authorization_server.scopes.contains(scope) {
                setup.authorization_server.scopes.push(scope.clone());
            }
        }
        Edit::RemoveMcpServer { row, from } => {
            remove_row(&mut setup.mcp_servers, *row, |line| line.name == *from);
        }
    }
}

fn remove_row<T>(rows: &mut Vec<T>, row: usize, is_it: impl Fn(&T) -> bool) {
    if rows.get(row).is_some_and(is_it) {
        rows.remove(row);
    }
}

/// `name`, or `name-2`, `name-3` … : one that no row has.
pub(super) fn free_environment(setup: &Setup, name: &str) -> String {
    let taken = |name: &str| setup.redirect_uris.iter().any(|row| row.environment.eq_ignore_ascii_case(name));
    if !taken(name) {
        return name.to_owned();
    }
    (2..).map(|n| format!("{name}-{n}")).find(|name| !taken(name)).unwrap_or_default()
}

/// State of one of the wizard's steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Nothing was filled in yet: `...`.
    Empty,
    /// Nothing against it.
    Ok,
    /// Something to look at.
    Warn,
    /// Okta would refuse it, or sign-in cannot work.
    Fail,
}

impl StepState {
    /// As the rail shows it: `...`, `OK`, `WARN`, `FAIL`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Empty => "...",
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// Checks that only say that nothing is there yet.
const NOTHING_YET: [&str; 4] = ["name-empty", "redirect-uri-missing", "access-nobody", "scopes-empty"];

/// The state of the five steps, from all checks of a Setup. A step where nothing was filled in yet is `Empty`, not wrong.
pub fn rail(checks: &[Check]) -> [StepState; 5] {
    [1, 2, 3, 4, 5].map(|step| {
        let bad = || checks.iter().filter(move |c| c.step == step && c.severity >= Severity::Warn);
        if bad().next().is_none() {
            StepState::Ok
        } else if bad().all(|c| NOTHING_YET.contains(&c.name)) {
            StepState::Empty
        } else if bad().any(|c| c.severity == Severity::Fail) {
            StepState::Fail
        } else {
            StepState::Warn
        }
    })
}
