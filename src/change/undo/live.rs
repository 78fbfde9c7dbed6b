//! What is live, as far as an undo needs it: named by [`needs`], read by `run`, compared by the plan.

use super::history::History;
use crate::change::value::{AppRef, Change, Inverse};
use crate::okta::model::{
    App, AppGroup, AppId, AppUser, ClientSecret, Group, GroupId, Identity, Policy, Readable, ServerId, User,
    UserId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What has to be read for the undo of chosen writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Apps, and which parts of them.
    pub apps: BTreeMap<AppId, AppParts>,
    /// Groups that are to be assigned again.
    pub groups: BTreeSet<GroupId>,
    /// People who are to be assigned again.
    pub people: BTreeSet<UserId>,
    /// Authorization servers whose policies are to change.
    pub servers: BTreeSet<ServerId>,
}

/// The parts of an app that have to be read beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppParts {
    /// Who is assigned.
    pub users: bool,
    /// Which groups are assigned.
    pub groups: bool,
    /// Somebody may lose access: the members of the groups that stay count.
    pub members: bool,
    /// Its client secrets, without their values.
    pub secrets: bool,
}

/// An app as it is now.
#[derive(Clone, Debug, Default)]
pub struct AppNow {
    /// The app; `None` when it was deleted.
    pub app: Option<App>,
    /// Who is assigned, directly or through a group, each with the person where Okta told.
    pub users: Readable<Vec<(AppUser, Option<User>)>>,
    /// Which groups are assigned.
    pub groups: Readable<Vec<AppGroup>>,
    /// Its client secrets.
    pub secrets: Readable<Vec<ClientSecret>>,
}

/// What is live, as far as an undo needs it.
#[derive(Clone, Debug, Default)]
pub struct Now {
    /// Who we are.
    pub me: Option<Identity>,
    /// The apps.
    pub apps: BTreeMap<AppId, AppNow>,
    /// Groups that are to be assigned again; `Known(None)` for one that was deleted.
    pub groups: BTreeMap<GroupId, Readable<Option<Group>>>,
    /// People who are to be assigned again; `Known(None)` for somebody who was deleted.
    pub people: BTreeMap<UserId, Readable<Option<User>>>,
    /// Members of groups, where they were read.
    pub members: BTreeMap<GroupId, Vec<User>>,
    /// The built-in group of everybody, where it is visible.
    pub everyone: Option<Group>,
    /// Access policies with their rules, by server; `Known(None)` for a server that was deleted.
    pub policies: BTreeMap<ServerId, Readable<Option<Vec<Policy>>>>,
}

/// What has to be read to undo the writes with these numbers.
pub fn needs(history: &History, chosen: &[usize]) -> Needs {
    let mut needs = Needs::default();
    for written in chosen.iter().filter_map(|n| history.write(*n)).filter(|w| w.is_made()) {
        if let Some(app) = &written.app {
            needs.app(app);
        }
        if let Inverse::Exact(changes) | Inverse::Partial { changes, .. } = &written.back {
            changes.iter().for_each(|change| needs.add(change));
        }
    }
    needs
}

impl Needs {
    fn app(&mut self, id: &AppId) -> &mut AppParts {
        self.apps.entry(id.clone()).or_default()
    }

    fn add(&mut self, change: &Change) {
        match change {
            Change::EditApp { before, .. } => {
                if let Some(id) = before.id() {
                    self.app(&id).users = true;
                }
            }
            Change::ActivateApp { app, .. } => self.app(app).users = true,
            Change::DeactivateApp { app, .. } | Change::DeleteApp { app, .. } => {
                let parts = self.app(app);
                parts.users = true;
                parts.groups = true;
            }
            Change::AssignGroup { app: AppRef::Known(app), group, .. } => {
                let parts = self.app(app);
                parts.users = true;
                parts.groups = true;
                self.groups.insert(group.clone());
            }
            Change::AssignPerson { app: AppRef::Known(app), person, .. } => {
                self.app(app).users = true;
                self.people.insert(person.clone());
            }
            Change::UnassignGroup { app, .. } | Change::UnassignPerson { app, .. } => {
                *self.app(app) = AppParts { users: true, groups: true, members: true, ..*self.app(app) };
            }
            Change::SetUserName { app, .. } => self.app(app).users = true,
            Change::ActivateSecret { app, .. }
            | Change::DeactivateSecret { app, .. }
            | Change::DeleteSecret { app, .. } => self.app(app).secrets = true,
            Change::CreatePolicy { server, client, .. } => {
                self.servers.insert(server.clone());
                if let AppRef::Known(app) = client {
                    self.app(app);
                }
            }
            Change::DeletePolicy { server, .. }
            | Change::CreateRule { server, .. }
            | Change::DeleteRule { server, .. } => {
                self.servers.insert(server.clone());
            }
            Change::CreateApp { .. }
            | Change::UploadLogo { .. }
            | Change::AssignGroup { .. }
            | Change::AssignPerson { .. }
            | Change::SetSignInPolicy { .. }
            | Change::AddSecret { .. } => {}
        }
    }
}
