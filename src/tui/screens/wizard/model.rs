//! What the wizard holds beside the draft: where the focus is, what is open. The draft itself is `shared.work`.

use super::{access, authentication, basic, grants, redirects};
use crate::okta::model::{ClientAuthentication, RefreshRotation};
use crate::setup::{
    AccessMode, Check, Context, Field as About, LogoFacts, NotALogo, Setup, Severity, StepState, Target,
    accept, checks, rail,
};
use crate::tui::screens::people::staging::{Standing, Tally};
use crate::tui::shared::{Shared, Work};
use crate::tui::widgets::field::Field;
use crate::tui::widgets::form::{Part, Row, stops};
use std::collections::BTreeMap;

/// Everything on the five steps that takes the focus. Rows of lists are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the row with that name")]
pub enum Id {
    Name,
    EditThatApp,
    Logo,
    Code,
    Refresh,
    Rotation(RefreshRotation),
    Leeway,
    Method(ClientAuthentication),
    Pkce,
    Environment(usize),
    Uri(usize),
    /// A known callback that has no row yet.
    Known(usize),
    AddUri,
    SignOut(usize),
    AddSignOut,
    /// A staged removal, by its place in the draft's asks.
    Removed(usize),
    Mode(AccessMode),
    Choose,
    Yourself,
    Person(usize),
    Group(usize),
    AddPerson,
    AddGroup,
    Server(String),
    OtherServer,
    Scope(String),
    OwnScope,
    Policy,
    ApiScopes,
    /// One of the six values, by its name in the gateway's form.
    Value(&'static str),
    McpName(usize),
    McpUrl(usize),
    AddMcp,
    /// The button that ends the step.
    Next,
}

/// The screen's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The row with the focus; the first one of the step when it names none that is there.
    pub(super) focus: Option<Id>,
    /// The text of the focused field, while it is open.
    pub(super) open: Option<Field>,
    /// What the open field said before.
    pub(super) before: String,
    /// Whether *why* is shown in place of the sentence.
    pub(super) why: bool,
    /// What the logo file is, with the path that it was read from.
    pub(super) logo: Option<(String, Result<LogoFacts, NotALogo>)>,
    /// Step 4: what is staged for who may sign in.
    pub(super) tally: Tally,
    /// What the checks say about the draft, warnings that were accepted turned into information.
    pub(super) checks: Vec<Check>,
    /// Whether the name was offered for editing once.
    pub(super) greeted: bool,
    /// The app whose Setup is to be taken over when it has been read.
    pub(super) adopt: Option<crate::okta::model::AppId>,
    /// The authorization server that was asked last.
    pub(super) asked: Option<crate::okta::model::ServerKind>,
}

/// The step that the draft is on, 1 to 5.
pub(super) fn step(shared: &Shared) -> u8 {
    shared.work.as_ref().map_or(1, |w| w.draft.step.clamp(1, 5))
}

/// The title of a step, as the gateway's guide calls it.
pub(super) fn title(step: u8) -> &'static str {
    match step {
        1 => "Basic info",
        2 => "Grant types",
        3 => "Redirect URIs",
        4 => "Assignments",
        _ => "Authentication",
    }
}

impl Model {
    /// The rows of the step that is shown; the last one is its button.
    pub(super) fn rows(&self, shared: &Shared) -> Vec<Row<Id>> {
        let Some(work) = &shared.work else {
            let words = "There is no app under way. Go back and choose one, or make a new one.";
            return vec![Row::text(words), Row::new(Id::Next, Part::Button("Back".into()))];
        };
        let step = step(shared);
        let mut rows = match step {
            1 => basic::rows(self, shared, work),
            2 => grants::rows(self, shared, work),
            3 => redirects::rows(self, shared, work),
            4 => access::rows(self, shared, work),
            _ => authentication::rows(self, shared, work),
        };
        let next = if step < 5 { title(step + 1) } else { "Plan" };
        rows.push(Row::new(Id::Next, Part::Button(format!("Next: {next}"))));
        rows
    }

    /// The row with the focus.
    pub(super) fn focused(&self, shared: &Shared) -> Option<Id> {
        let rows = self.rows(shared);
        let there = stops(&rows);
        self.focus.clone().filter(|id| there.contains(id)).or_else(|| {
            let mut rows = rows.into_iter().filter(|r| r.id.is_some()).peekable();
            // A step that begins with a choice begins on what is chosen.
            let choice = matches!(rows.peek()?.part, Part::Choice { .. });
            rows.find(|r| !choice || matches!(r.part, Part::Choice { on: true, .. }))?.id
        })
    }

    /// The worst that is said about a row; about the whole step on its button.
    pub(super) fn check(&self, shared: &Shared) -> Option<&Check> {
        let work = shared.work.as_ref()?;
        let focused = self.focused(shared)?;
        let step = step(shared);
        let about = about(&focused, &work.draft.setup);
        let least = if focused == Id::Next { Severity::Warn } else { Severity::Info };
        let said = self.checks.iter().filter(|c| c.severity >= least && c.step == step);
        let mut worst: Option<&Check> = None;
        for check in said.filter(|c| focused == Id::Next || about.contains(&c.field)) {
            if worst.is_none_or(|w| check.severity > w.severity) {
                worst = Some(check);
            }
        }
        worst
    }

    /// The word for a field: the worst of its checks, or nothing where none speaks.
    pub(super) fn word(&self, about: &[About]) -> &'static str {
        let worst = self.checks.iter().filter(|c| about.contains(&c.field)).map(|c| c.severity).max();
        match worst {
            Some(Severity::Info) | None => "",
            Some(severity) => severity.word(),
        }
    }

    /// The states of the five steps.
    pub(super) fn rail(&self) -> [StepState; 5] {
        rail(&self.checks)
    }

    /// Checks the draft again.
    pub(super) fn recheck(&mut self, shared: &Shared) {
        let Some(work) = &shared.work else {
            self.checks.clear();
            return;
        };
        self.tally = Tally::of(&Standing::of(work, &shared.directory), work, &shared.directory);
        let context = self.context(shared, work);
        let mut found = checks(&work.draft.setup, &context);
        accept(&mut found, &work.draft.setup, &work.draft.accepted);
        self.checks = found;
    }

    /// What is known around the draft. While the name is typed, other apps' names are left out: the clash is told on leaving it.
    fn context(&self, shared: &Shared, work: &Work) -> Context {
        let own = match &work.draft.target {
            Target::Existing(id) => Some(id),
            Target::New => None,
        };
        let setup = &work.draft.setup;
        let typing = self.open.is_some() && self.focus == Some(Id::Name);
        let apps = shared.apps.value().filter(|_| !typing).into_iter().flatten();
        let others = apps.filter(|a| own.is_none() || a.id().as_ref() != own);
        let kind = setup.authorization_server.kind();
        let probe = work.server.value().filter(|p| Some(&p.server) == kind.as_ref());
        let logo = self.logo.as_ref().filter(|(path, _)| Some(path) == setup.app.logo.as_ref());
        Context {
            callbacks: shared.callbacks(),
            labels_taken: others.map(|a| a.raw_label().to_owned()).collect(),
            logo: logo.map(|(_, facts)| facts.clone()),
            discovery: probe.map(|p| p.discovery.clone()).unwrap_or_default(),
            scopes: probe.map(|p| p.scopes.clone()).unwrap_or_default(),
            servers: shared.servers.value().cloned().unwrap_or_default(),
            app: work.loaded.value().map(|l| l.app.clone()),
            people: people(shared, setup),
            groups: groups(shared, setup),
        }
    }
}

/// The people whom the Setup names; `None` until the whole list is there: an incomplete list cannot say that somebody is missing.
fn people(shared: &Shared, setup: &Setup) -> Option<BTreeMap<String, crate::okta::model::User>> {
    let directory = &shared.directory;
    if !directory.complete || directory.trouble.is_some() {
        return None;
    }
    let found = |login: &String| directory.by_login(login).map(|(_, user)| (login.clone(), user.clone()));
    Some(setup.access.people.iter().filter_map(found).collect())
}

fn groups(shared: &Shared, setup: &Setup) -> Option<BTreeMap<String, Vec<crate::okta::model::Group>>> {
    let known = shared.directory.groups.known()?;
    let found = |name: &String| {
        let hits: Vec<_> = known.iter().filter(|g| g.name.as_str() == name).cloned().collect();
        (!hits.is_empty()).then(|| (name.clone(), hits))
    };
    Some(setup.access.groups.iter().filter_map(found).collect())
}

/// The fields of the Setup that a row is about.
pub(super) fn about(id: &Id, setup: &Setup) -> Vec<About> {
    let scope = |name: &str| setup.authorization_server.scopes.iter().position(|s| s == name);
    match id {
        Id::Name | Id::EditThatApp => vec![About::Name],
        Id::Logo => vec![About::Logo],
        Id::Refresh => vec![About::RefreshToken],
        Id::Rotation(_) => vec![About::RefreshRotation],
        Id::Leeway => vec![About::RefreshLeeway],
        Id::Method(method) if *method == setup.app.client_authentication => vec![About::ClientAuthentication],
        Id::Pkce => vec![About::PkceRequired],
        Id::Environment(row) => vec![About::RedirectEnvironment(*row)],
        Id::Uri(row) => vec![About::RedirectUri(*row), About::RedirectEnvironment(*row)],
        Id::AddUri => vec![About::RedirectUris],
        Id::SignOut(row) => vec![About::SignOutUri(*row)],
        Id::AddSignOut => vec![About::SignOutUris],
        Id::Mode(mode) if *mode == setup.access.mode => vec![About::AccessMode],
        Id::Choose => vec![About::AccessMode, About::People, About::Groups],
        Id::Person(row) => vec![About::Person(*row)],
        Id::Group(row) => vec![About::Group(*row)],
        Id::Server(server) if *server == setup.authorization_server.id => vec![About::Server],
        Id::OtherServer => vec![About::Server],
        Id::Scope(name) => scope(name).map(About::Scope).into_iter().chain([About::Scopes]).collect(),
        Id::OwnScope => vec![About::Scopes],
        Id::Policy => vec![About::AccessPolicy],
        Id::McpName(row) | Id::McpUrl(row) => vec![About::McpServer(*row)],
        Id::AddMcp => vec![About::McpServers],
        _ => Vec::new(),
    }
}
