//! Step 4, assignments: Okta's three choices, and for controlled access the lists of people and groups.

use super::model::{Id, Model};
use crate::okta::model::{Assigned, Group, GroupId, Readable, UserId};
use crate::setup::{Access, AccessMode, Ask, Draft, Field as About};
use crate::text::{Clean, plural};
use crate::tui::shared::{Shared, Work};
use crate::tui::widgets::field::Field;
use crate::tui::widgets::form::{Part, Row, safe};
use std::collections::BTreeSet;

/// Which list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    /// Everybody, or every group.
    #[default]
    Available,
    /// Those who are in already, or will be.
    Assigned,
    /// What the plan would change.
    Staged,
}

/// The list of people and groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct List {
    /// Whether it is shown, in place of the choices.
    pub(super) shown: bool,
    /// Which part.
    pub(super) tab: Tab,
    /// Groups rather than people.
    pub(super) groups: bool,
    /// The row under the cursor.
    pub(super) cursor: usize,
    /// What is typed to narrow the list.
    pub(super) filter: Field,
    /// Whether the filter is open.
    pub(super) filtering: bool,
    /// Ids that are marked.
    pub(super) marked: BTreeSet<String>,
    /// The rows that match, by what they stand for; only those on the screen are made into words.
    pub(super) entries: Vec<Entry>,
    /// Assignments and asks as they were before each staging, for taking it back.
    pub(super) undo: Vec<(Access, Vec<Ask>)>,
}

/// What a row stands for: a place in one of the lists that were read, or something that only the draft names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// In the directory's people.
    Person(usize),
    /// In the directory's groups.
    Group(usize),
    /// In the app's people.
    User(usize),
    /// In the app's groups.
    AppGroup(usize),
    /// In the Setup's people.
    Named(usize),
    /// In the Setup's groups.
    NamedGroup(usize),
    /// In the draft's asks.
    Ask(usize),
}

/// A row in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Okta's id; the login or name where it is not known.
    pub(super) id: String,
    /// Whether it is a group.
    pub(super) group: bool,
    /// The person's or group's name.
    pub(super) name: String,
    /// The login; a group's description.
    pub(super) login: String,
    /// The status; a group's number of members.
    pub(super) status: String,
    /// How they come to the app: `direct`, `+ direct`, `- direct`, `a group`.
    pub(super) via: &'static str,
    /// Whether a sign-in can succeed.
    pub(super) able: bool,
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

impl Entry {
    /// In words, and what it has to do with the app.
    pub(super) fn item(&self, shared: &Shared, work: &Work) -> Option<Item> {
        let directory = &shared.directory;
        let groups = directory.groups.known();
        let loaded = work.loaded.value();
        let person = |id: String, name: &str, login: &str, status: &str, able: bool| Item {
            via: via(work, false, &id, login),
            id,
            group: false,
            name: name.to_owned(),
            login: login.to_owned(),
            status: status.to_owned(),
            able,
        };
        let group = |id: String, name: &str, about: &str, members: Option<u64>| Item {
            via: via(work, true, &id, name),
            id,
            group: true,
            name: name.to_owned(),
            login: about.to_owned(),
            status: members
                .map(|n| plural(usize::try_from(n).unwrap_or(usize::MAX), "member"))
                .unwrap_or_default(),
            able: true,
        };
        let listed = |u: &crate::okta::model::User| {
            person(
                u.id.to_string(),
                u.name.as_str(),
                u.login.as_str(),
                u.status.words(),
                u.status.can_sign_in(),
            )
        };
        let listed_group = |g: &crate::okta::model::Group| {
            let about = g.description.as_ref().map(Clean::as_str).unwrap_or_default();
            group(g.id.to_string(), g.name.as_str(), about, g.members)
        };
        Some(match self {
            Self::Person(at) => listed(directory.people.get(*at)?),
            Self::Group(at) => listed_group(groups?.get(*at)?),
            Self::User(at) => {
                let user = loaded?.users.known()?.get(*at)?;
                match directory.people.iter().find(|u| u.id == user.id) {
                    Some(found) => listed(found),
                    None => {
                        let login = user.user_name.as_ref().map(Clean::as_str).unwrap_or_default();
                        person(user.id.to_string(), login, login, "", true)
                    }
                }
            }
            Self::AppGroup(at) => {
                let assigned = loaded?.groups.known()?.get(*at)?;
                match groups.and_then(|g| g.iter().find(|g| g.id == assigned.id)) {
                    Some(found) => listed_group(found),
                    None => {
                        let name = assigned.name.as_ref().map(Clean::as_str).unwrap_or(assigned.id.as_str());
                        group(assigned.id.to_string(), name, "", None)
                    }
                }
            }
            Self::Named(at) => {
                let login = work.draft.setup.access.people.get(*at)?;
                match directory.people.iter().find(|u| same(u.login.as_str(), login)) {
                    Some(found) => listed(found),
                    None => person(login.clone(), "", &safe(login), "", true),
                }
            }
            Self::NamedGroup(at) => {
                let name = work.draft.setup.access.groups.get(*at)?;
                match groups.and_then(|g| g.iter().find(|g| g.name.as_str() == name)) {
                    Some(found) => listed_group(found),
                    None => group(name.clone(), &safe(name), "", None),
                }
            }
            Self::Ask(at) => match work.draft.asks.get(*at)? {
                Ask::UnassignPerson { id, login } => match directory.people.iter().find(|u| u.id == *id) {
                    Some(found) => listed(found),
                    None => person(id.to_string(), "", login.as_str(), "", true),
                },
                Ask::UnassignGroup { id, name } => group(id.to_string(), name.as_str(), "", None),
                Ask::RemoveRedirectUri(_)
                | Ask::RemoveSignOutUri(_)
                | Ask::SetUserName { .. }
                | Ask::Secret(_) => {
                    return None;
                }
            },
        })
    }
}

/// How somebody comes to the app, now and after the plan.
fn via(work: &Work, group: bool, id: &str, name: &str) -> &'static str {
    let asked = work.draft.asks.iter().any(|ask| match ask {
        Ask::UnassignPerson { id: who, .. } => !group && who.as_str() == id,
        Ask::UnassignGroup { id: which, .. } => group && which.as_str() == id,
        Ask::RemoveRedirectUri(_) | Ask::RemoveSignOutUri(_) | Ask::SetUserName { .. } | Ask::Secret(_) => {
            false
        }
    });
    let access = &work.draft.setup.access;
    let wanted = if group {
        access.groups.iter().any(|g| g == name)
    } else {
        access.people.iter().any(|p| same(p, name))
    };
    let live = live(work, group, id);
    match (live, asked, wanted) {
        (Some(Assigned::Directly), true, _) => "- direct",
        (Some(Assigned::Directly), false, _) => "direct",
        (_, _, true) => "+ direct",
        (Some(Assigned::ThroughGroup), _, false) => "a group",
        (None, _, false) => "none",
    }
}

/// How they come to the app as it is in Okta.
fn live(work: &Work, group: bool, id: &str) -> Option<Assigned> {
    let loaded = work.loaded.value()?;
    if group {
        loaded.groups.known()?.iter().any(|g| g.id.as_str() == id).then_some(Assigned::Directly)
    } else {
        loaded.users.known()?.iter().find(|u| u.id.as_str() == id).map(|u| u.via)
    }
}

/// What an ask is about, if it is this step's.
fn is_access(ask: &Ask) -> bool {
    matches!(ask, Ask::UnassignPerson { .. } | Ask::UnassignGroup { .. })
}

impl List {
    /// Finds the rows that match again: after a key in the filter, or when a list came in.
    pub(super) fn refresh(&mut self, shared: &Shared) {
        let Some(work) = &shared.work else { return };
        let loaded = work.loaded.value();
        let access = &work.draft.setup.access;
        let staged = |at: usize, named: &Entry| {
            named.item(shared, work).is_some_and(|i| i.via == "+ direct").then_some(at)
        };
        let people_new =
            (0..access.people.len()).filter_map(|at| staged(at, &Entry::Named(at)).map(Entry::Named));
        let groups_new = (0..access.groups.len())
            .filter_map(|at| staged(at, &Entry::NamedGroup(at)).map(Entry::NamedGroup));
        let all: Vec<Entry> = match (self.tab, self.groups) {
            (Tab::Available, false) => (0..shared.directory.people.len()).map(Entry::Person).collect(),
            (Tab::Available, true) => {
                let known = shared.directory.groups.known().map_or(0, Vec::len);
                (0..known).map(Entry::Group).collect()
            }
            (Tab::Assigned, false) => {
                let known = loaded.and_then(|l| l.users.known()).map_or(0, Vec::len);
                (0..known).map(Entry::User).chain(people_new).collect()
            }
            (Tab::Assigned, true) => {
                let known = loaded.and_then(|l| l.groups.known()).map_or(0, Vec::len);
                (0..known).map(Entry::AppGroup).chain(groups_new).collect()
            }
            (Tab::Staged, _) => {
                let asks = work.draft.asks.iter().enumerate().filter(|(_, a)| is_access(a));
                people_new.chain(groups_new).chain(asks.map(|(at, _)| Entry::Ask(at))).collect()
            }
        };
        let wanted = self.filter.text().trim().to_lowercase();
        let matches = |e: &Entry| {
            if wanted.is_empty() {
                return true;
            }
            e.item(shared, work).is_some_and(|i| {
                i.name.to_lowercase().contains(&wanted) || i.login.to_lowercase().contains(&wanted)
            })
        };
        self.entries = all.into_iter().filter(matches).collect();
        self.cursor = self.cursor.min(self.entries.len().saturating_sub(1));
    }

    /// The rows that a command is for: those marked, else the one under the cursor.
    pub(super) fn chosen(&self, shared: &Shared) -> Vec<Item> {
        let Some(work) = &shared.work else { return Vec::new() };
        if self.marked.is_empty() {
            return self.entries.get(self.cursor).and_then(|e| e.item(shared, work)).into_iter().collect();
        }
        let all = (0..shared.directory.people.len())
            .map(Entry::Person)
            .chain((0..shared.directory.groups.known().map_or(0, Vec::len)).map(Entry::Group))
            .chain(self.entries.iter().cloned());
        let mut seen = BTreeSet::new();
        all.filter_map(|e| e.item(shared, work))
            .filter(|i| self.marked.contains(&i.id) && seen.insert(i.id.clone()))
            .collect()
    }
}

/// Stages an assignment. `false`: there is nothing to do.
pub(super) fn assign(draft: &mut Draft, item: &Item) -> bool {
    let before = draft.clone();
    draft.asks.retain(|ask| match ask {
        Ask::UnassignPerson { id, .. } => item.group || id.as_str() != item.id,
        Ask::UnassignGroup { id, .. } => !item.group || id.as_str() != item.id,
        Ask::RemoveRedirectUri(_) | Ask::RemoveSignOutUri(_) | Ask::SetUserName { .. } | Ask::Secret(_) => {
            true
        }
    });
    let access = &mut draft.setup.access;
    if item.group {
        if !access.groups.contains(&item.name) {
            access.groups.push(item.name.clone());
        }
    } else if !access.people.iter().any(|p| same(p, &item.login)) {
        access.people.push(item.login.clone());
    }
    *draft != before
}

/// A Setup takes nothing away, so choosing another way than *Everyone* stages the removal of an assigned Everyone; choosing it again
/// takes that back. True when a removal was staged.
pub(super) fn everyone_goes(work: &mut Work, groups: &Readable<Vec<Group>>) -> bool {
    let Some(everyone) = groups.known().and_then(|all| all.iter().find(|g| g.is_everyone())) else {
        return false;
    };
    let ask = Ask::UnassignGroup { id: everyone.id.clone(), name: everyone.name.clone() };
    work.draft.asks.retain(|a| *a != ask);
    let assigned = live(work, true, everyone.id.as_str()).is_some();
    let goes = assigned && work.draft.setup.access.mode != AccessMode::Everyone;
    if goes {
        work.draft.asks.push(ask);
    }
    goes
}

/// Stages the removal of an assignment, or takes a staged one back. `Err` says why it cannot be.
pub(super) fn unassign(work: &mut Work, item: &Item) -> Result<bool, String> {
    let live = live(work, item.group, &item.id);
    let access = &mut work.draft.setup.access;
    let before = access.clone();
    if item.group {
        access.groups.retain(|g| *g != item.name);
    } else {
        access.people.retain(|p| !same(p, &item.login));
    }
    let changed = *access != before;
    match live {
        Some(Assigned::Directly) => {
            let ask = if item.group {
                item.id
                    .parse::<GroupId>()
                    .ok()
                    .map(|id| Ask::UnassignGroup { id, name: Clean::new(&item.name) })
            } else {
                item.id
                    .parse::<UserId>()
                    .ok()
                    .map(|id| Ask::UnassignPerson { id, login: Clean::new(&item.login) })
            };
            let Some(ask) = ask.filter(|ask| !work.draft.asks.contains(ask)) else { return Ok(changed) };
            work.draft.asks.push(ask);
            Ok(true)
        }
        Some(Assigned::ThroughGroup) if !changed => {
            Err(format!("{} comes through a group: remove the group, or them from it.", item.login))
        }
        _ => Ok(changed),
    }
}

/// The state that a staging is taken back to.
pub(super) fn snapshot(draft: &Draft) -> (Access, Vec<Ask>) {
    (draft.setup.access.clone(), draft.asks.iter().filter(|a| is_access(a)).cloned().collect())
}

/// Takes the last staging back; what other steps have staged since stays.
pub(super) fn restore(draft: &mut Draft, (access, asks): (Access, Vec<Ask>)) {
    draft.setup.access = access;
    draft.asks.retain(|a| !is_access(a));
    draft.asks.extend(asks);
}

/// `+2 people, +1 group (212 people), -1 person`; empty when nothing is staged.
pub(super) fn staged(shared: &Shared, work: &Work) -> String {
    let access = &work.draft.setup.access;
    let new = |e: Entry| e.item(shared, work).filter(|i| i.via == "+ direct");
    let people = (0..access.people.len()).filter_map(|at| new(Entry::Named(at))).count();
    let groups: Vec<Item> = (0..access.groups.len()).filter_map(|at| new(Entry::NamedGroup(at))).collect();
    let persons = |n: usize| if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
    let mut parts = Vec::new();
    if people > 0 {
        parts.push(format!("+{}", persons(people)));
    }
    if !groups.is_empty() {
        let known = shared.directory.groups.known();
        let members = groups.iter().map(|i| known?.iter().find(|g| g.id.as_str() == i.id)?.members);
        let sum: Option<u64> = members.sum();
        let reach = sum
            .map_or("members not counted".to_owned(), |n| persons(usize::try_from(n).unwrap_or(usize::MAX)));
        let most = if groups.len() > 1 && sum.is_some() { "at most " } else { "" };
        parts.push(format!("+{} ({most}{reach})", plural(groups.len(), "group")));
    }
    let away = work.draft.asks.iter().filter(|a| matches!(a, Ask::UnassignPerson { .. })).count();
    if away > 0 {
        parts.push(format!("-{}", persons(away)));
    }
    let away = work.draft.asks.iter().filter(|a| matches!(a, Ask::UnassignGroup { .. })).count();
    if away > 0 {
        parts.push(format!("-{}", plural(away, "group")));
    }
    parts.join(", ")
}

/// The session's own person, when they are not assigned yet.
pub(super) fn yourself(shared: &Shared, work: &Work) -> Option<Item> {
    let me = &shared.session.as_ref()?.me.user;
    let at = work.draft.setup.access.people.iter().any(|p| same(p, me.login.as_str()));
    let already = at || live(work, false, me.id.as_str()).is_some();
    (!already).then(|| Item {
        id: me.id.to_string(),
        group: false,
        name: me.name.to_string(),
        login: me.login.to_string(),
        status: me.status.words().to_owned(),
        via: "none",
        able: me.status.can_sign_in(),
    })
}

/// Why people or groups cannot be listed, in words.
pub(super) fn unread(shared: &Shared, groups: bool) -> Option<String> {
    if groups {
        return match &shared.directory.groups {
            Readable::Forbidden(e) => Some(format!("You may not see the groups: {e}.")),
            Readable::Failed(e) => Some(format!("The groups could not be read: {e}. r reads again.")),
            Readable::Known(_) | Readable::NotAsked => None,
        };
    }
    let trouble = shared.directory.trouble.as_ref()?;
    Some(format!("People could not be read to the end: {} {}", trouble.what, trouble.help))
}

pub(super) fn rows(model: &Model, shared: &Shared, work: &Work) -> Vec<Row<Id>> {
    let access = &work.draft.setup.access;
    let mut rows = vec![Row::heading("Who may sign in")];
    if work.loaded.value().is_some_and(|l| l.app.federation_broker()) {
        rows.push(Row::blank());
        rows.push(Row::text(
            "Federation Broker Mode is on for this app: Okta lets everybody of the org pass, and does not look at \
             assignments. Assigning people or groups would change nothing, so nothing is offered here. To control \
             who may sign in, switch the mode off first, in Okta's Admin Console under the app's General tab.",
        ));
        return rows;
    }
    for (mode, title, note) in [
        (AccessMode::Controlled, "Controlled (recommended)", "only the people and groups that you choose"),
        (AccessMode::Everyone, "Everyone", "every person in the org, new ones too"),
        (AccessMode::Later, "Later", "nobody can sign in until somebody is assigned"),
    ] {
        let on = access.mode == mode;
        let word = if on { model.word(&[About::AccessMode]) } else { "" };
        let part = Part::Choice { on, title: title.into(), note: note.into() };
        rows.push(Row::new(Id::Mode(mode), part).state(word));
    }
    rows.push(Row::blank());
    match access.mode {
        AccessMode::Everyone => rows.push(Row::text(
            "The plan assigns Okta's built-in group Everyone, found by its type: other groups can have a name like it.",
        )),
        AccessMode::Later => {
            rows.push(Row::text("Until then Okta refuses every sign-in: the app is not assigned to anybody."));
        }
        AccessMode::Controlled => controlled(model, shared, work, &mut rows),
    }
    rows
}

fn controlled(model: &Model, shared: &Shared, work: &Work, rows: &mut Vec<Row<Id>>) {
    let access = &work.draft.setup.access;
    rows.push(Row::new(Id::Choose, Part::Button("Choose people and groups".into())));
    if let Some(me) = yourself(shared, work) {
        let title = format!("assign yourself first ({}), test, then widen", me.login);
        rows.push(Row::new(Id::Yourself, Part::Add(title)));
    }
    let directory = &shared.directory;
    if directory.loading {
        rows.push(Row::text("People and groups are being read."));
    }
    for groups in [false, true] {
        rows.extend(unread(shared, groups).map(Row::text));
    }
    for (at, name) in access.groups.iter().enumerate() {
        let part = Part::Fixed { label: "group".into(), value: safe(name) };
        rows.push(Row::new(Id::Group(at), part).state(model.word(&[About::Group(at)])));
    }
    for (at, login) in access.people.iter().enumerate() {
        let part = Part::Fixed { label: "person".into(), value: safe(login) };
        rows.push(Row::new(Id::Person(at), part).state(model.word(&[About::Person(at)])));
    }
    let field = |label: &str| Part::Field { label: label.into(), value: String::new() };
    rows.push(Row::new(Id::AddGroup, field("+ group by name")));
    rows.push(Row::new(Id::AddPerson, field("+ person by login")));
    let staged = staged(shared, work);
    if !staged.is_empty() {
        rows.push(Row::text(format!("Staged: {staged}")));
    }
}
