//! The plan that undoes chosen writes, newest first, against what is live now.

use super::history::{History, State, Written};
use super::live::{AppNow, Now};
use super::{mark, people, rebase};
use crate::change::describe::{app_of, planned};
use crate::change::inverse::{Before, inverse};
use crate::change::value::{
    AppRef, Change, FieldChange, HandOver, Inverse, Plan, PlanId, Planned, PolicyRef,
};
use crate::okta::model::{App, AppId, AppUser, GroupId, PolicyId, SecretId, ServerKind, UserId};
use crate::text::{Clean, time};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Why a write is not undone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{number} {title}: {why}")]
pub struct Left {
    /// Its number in the history.
    pub number: usize,
    /// The write.
    pub title: Clean,
    /// Why, in a sentence or two.
    pub why: String,
}

/// A plan to undo the writes with these numbers, in the org at `org_url`.
///
/// Newest first; but edits of an app come before all else and as one, since Okta's `lastUpdated` guards them and what follows would
/// move it. What is so already is left out and said in the notes, and so is what cannot come back.
///
/// # Errors
/// None of them can be undone: why not, for each.
pub fn plan(
    id: PlanId,
    org_url: &str,
    reason: &str,
    chosen: &[usize],
    history: &History,
    now: &Now,
) -> Result<Plan, Vec<Left>> {
    let mut undoing = Undoing::new(history, now);
    let numbers: BTreeSet<usize> = chosen.iter().copied().collect();
    let mut writes: Vec<&Written> = Vec::new();
    for number in numbers.into_iter().rev() {
        match history.write(number) {
            Some(written) => writes.push(written),
            None => {
                let why = "the journal has no write with this number.".into();
                undoing.blocked.push(Left { number, title: Clean::new("?"), why });
            }
        }
    }
    undoing.makers = writes
        .iter()
        .filter(|w| w.undone_by.is_none())
        .filter_map(|w| Some((w.made.as_deref()?, w.number)))
        .collect();
    // What deletes a whole object comes first: whatever else was done to it goes with it.
    let (whole, parts): (Vec<&Written>, Vec<&Written>) = writes.iter().partition(|w| deletes(w));
    for written in whole.into_iter().chain(parts) {
        match undoing.undo(written, org_url) {
            Ok(()) => {}
            Err(Verdict::Nothing(why)) => {
                undoing.notes.push(format!("{} {}: {why}", written.number, written.title));
            }
            Err(Verdict::Blocked(why)) => {
                undoing.blocked.push(Left { number: written.number, title: written.title.clone(), why });
            }
        }
    }
    undoing.finish(id, org_url, reason, &writes)
}

fn deletes(written: &Written) -> bool {
    written.back.changes().iter().any(|c| matches!(c, Change::DeleteApp { .. } | Change::DeletePolicy { .. }))
}

impl Inverse {
    /// The changes that lead back; empty where there is no way.
    pub(super) fn changes(&self) -> &[Change] {
        match self {
            Self::Exact(changes) | Self::Partial { changes, .. } => changes,
            Self::None { .. } => &[],
        }
    }
}

/// A change of the undo in the making.
pub(super) struct Step {
    /// Names it as long as its number is not known.
    id: usize,
    /// The write that it came for: the newest goes first.
    of: usize,
    pub(super) change: Change,
    details: Vec<String>,
    /// The writes that are undone when it is made.
    undoes: Vec<usize>,
    /// The step that makes the policy it refers to.
    made_by: Option<usize>,
}

/// What a change is about, as far as another one can take it back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Object {
    App(AppId),
    Group(AppId, GroupId),
    Person(AppId, UserId),
    Secret(SecretId),
    Policy(PolicyId),
}

impl Object {
    fn of(change: &Change) -> Option<Self> {
        Some(match change {
            Change::ActivateApp { app, .. }
            | Change::DeactivateApp { app, .. }
            | Change::DeleteApp { app, .. } => Self::App(app.clone()),
            Change::AssignGroup { app: AppRef::Known(app), group, .. }
            | Change::UnassignGroup { app, group, .. } => Self::Group(app.clone(), group.clone()),
            Change::AssignPerson { app: AppRef::Known(app), person, .. }
            | Change::UnassignPerson { app, person, .. }
            | Change::SetUserName { app, person, .. } => Self::Person(app.clone(), person.clone()),
            Change::ActivateSecret { secret, .. }
            | Change::DeactivateSecret { secret, .. }
            | Change::DeleteSecret { secret, .. } => Self::Secret(secret.clone()),
            Change::DeletePolicy { policy, .. } => Self::Policy(policy.clone()),
            _ => return None,
        })
    }
}

fn assigned(app: &AppNow) -> HashMap<&UserId, &AppUser> {
    app.users.known().into_iter().flatten().map(|(user, _)| (&user.id, user)).collect()
}

/// What there is to say where a write cannot be undone, or need not be.
pub(super) enum Verdict {
    /// There is nothing to do.
    Nothing(String),
    /// It cannot be done.
    Blocked(String),
}

pub(super) type Checked<T> = Result<T, Verdict>;

pub(super) fn nothing<T>(why: impl Into<String>) -> Checked<T> {
    Err(Verdict::Nothing(why.into()))
}

pub(super) fn blocked<T>(why: impl Into<String>) -> Checked<T> {
    Err(Verdict::Blocked(why.into()))
}

/// An undo in the making.
pub(super) struct Undoing<'a> {
    pub(super) history: &'a History,
    pub(super) now: &'a Now,
    /// The objects that chosen writes have made, and by which.
    makers: BTreeMap<&'a str, usize>,
    /// By their ids.
    pub(super) steps: BTreeMap<usize, Step>,
    /// The steps about an object, in order; some may be gone.
    about: HashMap<Object, Vec<usize>>,
    /// Who is assigned to which app.
    assigned: HashMap<&'a AppId, HashMap<&'a UserId, &'a AppUser>>,
    next: usize,
    edits: BTreeMap<AppId, Edit>,
    pub(super) notes: Vec<String>,
    blocked: Vec<Left>,
}

/// The edits of one app that are taken back.
struct Edit {
    before: App,
    after: App,
    undoes: Vec<usize>,
    details: Vec<String>,
}

impl<'a> Undoing<'a> {
    fn new(history: &'a History, now: &'a Now) -> Self {
        Self {
            history,
            now,
            makers: BTreeMap::new(),
            steps: BTreeMap::new(),
            about: HashMap::new(),
            assigned: now.apps.iter().map(|(id, app)| (id, assigned(app))).collect(),
            next: 0,
            edits: BTreeMap::new(),
            notes: Vec::new(),
            blocked: Vec::new(),
        }
    }

    fn undo(&mut self, written: &Written, org_url: &str) -> Checked<()> {
        if written.org.trim_end_matches('/') != org_url.trim_end_matches('/') {
            let org = Clean::new(&written.org);
            return blocked(format!("It was made in {org}, and this session is with {org_url}."));
        }
        match (&written.state, &written.undone_by) {
            (State::Made, Some(plan)) => return nothing(format!("undone already, by plan {}.", plan.0)),
            (State::Made, None) => {}
            (State::Unknown, _) => {
                return blocked(
                    "Whether it was made is not known: go on with the interrupted apply, which finds out.",
                );
            }
            (State::AlreadySo | State::Failed { .. }, _) => return nothing("it changed nothing."),
        }
        let mut details = Vec::new();
        match &written.back {
            Inverse::Exact(_) => {}
            Inverse::Partial { lost, .. } => details.push(format!("What does not come back: {lost}")),
            Inverse::None { why } => return blocked(why.clone()),
        }
        let deleted = match &written.change {
            Some(Change::DeletePolicy { policy, .. }) => policy.as_str(),
            Some(Change::DeleteRule { rule, .. }) => rule.as_str(),
            _ => "",
        };
        if let Some(maker) = self.makers.get(deleted) {
            return nothing(format!("{maker} made it, and is undone as well: nothing is written for both."));
        }
        let changes = written.back.changes();
        if self.goes_with_its_object(written.number, changes) {
            return Ok(());
        }
        if let [Change::EditApp { before, after, .. }] = changes {
            return self.edit(written, before, after, details);
        }
        let begun = self.next;
        let result = self.one_by_one(written, changes, details);
        if result.is_err() {
            // Without its last change what leads to that is not wanted.
            drop(self.steps.split_off(&begun));
        }
        result
    }

    fn one_by_one(&mut self, written: &Written, changes: &[Change], details: Vec<String>) -> Checked<()> {
        let mut said = Some(details);
        let mut made = BTreeMap::new();
        for (i, change) in changes.iter().enumerate() {
            let last = i + 1 == changes.len();
            let mut change = change.clone();
            let mut made_by = None;
            if let Change::CreateRule { policy: PolicyRef::MadeBy(n), .. } = &change {
                made_by = made.get(n).copied();
            }
            let mut details = Vec::new();
            match self.check(written, &mut change, &mut details) {
                Ok(true) => {}
                // It was merged with another one, or both cancel each other out.
                Ok(false) => continue,
                // An app that is inactive already is still to be deleted.
                Err(Verdict::Nothing(_)) if !last => continue,
                Err(verdict) => return Err(verdict),
            }
            details.extend(said.take().unwrap_or_default());
            let undoes = if last { vec![written.number] } else { Vec::new() };
            let id = self.next;
            self.next += 1;
            made.insert(i + 1, id);
            if let Some(object) = Object::of(&change) {
                self.about.entry(object).or_default().push(id);
            }
            self.steps.insert(id, Step { id, of: written.number, change, details, undoes, made_by });
        }
        Ok(())
    }

    /// What was done to an app, or in a policy, that this undo deletes needs no change of its own.
    fn goes_with_its_object(&mut self, number: usize, changes: &[Change]) -> bool {
        let object = match changes.last() {
            None
            | Some(Change::DeleteApp { .. } | Change::DeletePolicy { .. } | Change::CreatePolicy { .. }) => {
                None
            }
            Some(
                Change::CreateRule { policy: PolicyRef::Known(policy), .. }
                | Change::DeleteRule { policy, .. },
            ) => Some(Object::Policy(policy.clone())),
            Some(change) => known_app(change).map(Object::App),
        };
        let deletes = |c: &Change| matches!(c, Change::DeleteApp { .. } | Change::DeletePolicy { .. });
        let Some(id) = object.and_then(|object| self.pending(&object, deletes)) else { return false };
        self.steps.get_mut(&id).map(|step| step.undoes.push(number)).is_some()
    }

    fn edit(&mut self, written: &Written, wrote: &App, was: &App, mut details: Vec<String>) -> Checked<()> {
        let Some(id) = wrote.id() else { return blocked("The journal does not say of which app it was.") };
        let live = match self.now.apps.get(&id) {
            Some(now) => match &now.app {
                Some(app) => app,
                None => return nothing("the app was deleted since."),
            },
            None => return blocked("The app could not be read."),
        };
        let later = self.later_edits(written, &id);
        let edit = self.edits.entry(id).or_insert_with(|| Edit {
            before: live.clone(),
            after: live.clone(),
            undoes: Vec::new(),
            details: Vec::new(),
        });
        let mut after = edit.after.clone();
        let conflicts = rebase::take_back(was, wrote, &mut after);
        let mut sentences: Vec<String> = conflicts.iter().map(rebase::Conflict::sentence).collect();
        if !sentences.is_empty() {
            sentences.extend(later);
        }
        if after == edit.after {
            return if sentences.is_empty() {
                nothing("it is so already.")
            } else {
                blocked(sentences.join(" "))
            };
        }
        edit.after = after;
        if sentences.is_empty() {
            edit.undoes.push(written.number);
        } else {
            details.push(format!("Takes back a part of {} of plan {}.", written.in_plan, written.plan.0));
        }
        edit.details.append(&mut details);
        self.notes
            .extend(sentences.into_iter().map(|s| format!("{} {}: {s}", written.number, written.title)));
        Ok(())
    }

    /// Later edits of the same app from here that are in force: they may be who changed a field since.
    fn later_edits(&self, written: &Written, app: &AppId) -> Option<String> {
        let later = self.history.writes.iter().filter(|w| {
            w.number > written.number
                && w.app.as_ref() == Some(app)
                && w.is_made()
                && w.undone_by.is_none()
                && matches!(w.change, Some(Change::EditApp { .. }))
        });
        let numbers: Vec<String> = later.map(|w| w.number.to_string()).collect();
        match numbers.len() {
            0 => None,
            _ => Some(format!(
                "The app was edited from here later, by {}: undo that as well, if it is what changed it.",
                numbers.join(", ")
            )),
        }
    }

    /// The newest step about this object that `is` finds.
    pub(super) fn pending(&self, object: &Object, is: impl Fn(&Change) -> bool) -> Option<usize> {
        let ids = self.about.get(object)?;
        ids.iter().rev().copied().find(|id| self.steps.get(id).is_some_and(|step| is(&step.change)))
    }

    /// Takes a step away that the present one makes needless.
    pub(super) fn cancel(&mut self, id: usize, with: &Written) {
        let Some(step) = self.steps.remove(&id) else { return };
        let (of, with) = (step.of, with.number);
        self.notes.push(format!("{of} and {with} cancel each other out: nothing is written for them."));
    }

    /// Lets a pending step stand for this write as well.
    pub(super) fn join(&mut self, id: usize, with: &Written, change: impl FnOnce(&mut Change)) {
        if let Some(step) = self.steps.get_mut(&id) {
            step.undoes.push(with.number);
            change(&mut step.change);
        }
    }

    /// The assignment of a person to an app, if there is one and it was read.
    pub(super) fn assignment(&self, app: &AppId, person: &UserId) -> Option<&'a AppUser> {
        self.assigned.get(app)?.get(person).copied()
    }

    fn finish(
        mut self,
        id: PlanId,
        org_url: &str,
        reason: &str,
        writes: &[&Written],
    ) -> Result<Plan, Vec<Left>> {
        let edits = std::mem::take(&mut self.edits).into_values().filter(|e| e.before != e.after);
        let mut steps: Vec<Step> = Vec::new();
        for Edit { before, after, undoes, mut details } in edits {
            let fields = rebase::fields(&before, &after);
            details.splice(0..0, fields.iter().map(FieldChange::words));
            details.extend(rebase::consequences(&before, &after));
            details.push("Every field that is not named here stays as it is.".into());
            let of = undoes.first().copied().unwrap_or_default();
            let change = Change::EditApp { before, after, fields };
            steps.push(Step { id: usize::MAX, of, change, details, undoes, made_by: None });
        }
        let mut others: Vec<Step> = std::mem::take(&mut self.steps).into_values().collect();
        others.sort_by_key(|s| (Reverse(s.of), s.id));
        steps.append(&mut others);
        if steps.is_empty() && !self.blocked.is_empty() {
            return Err(self.blocked);
        }
        let mut apps: BTreeSet<AppId> = steps.iter().filter_map(|s| known_app(&s.change)).collect();
        if apps.is_empty() {
            apps = writes.iter().filter_map(|w| w.app.clone()).collect();
        }
        let label = self.label(&apps, writes);
        let numbers: BTreeMap<usize, usize> = steps.iter().enumerate().map(|(i, s)| (s.id, i + 1)).collect();
        let people = people::of(&steps, self.now);
        let mut changes: Vec<Planned> = Vec::new();
        for (i, (step, (people, said))) in steps.into_iter().zip(people).enumerate() {
            let Step { mut change, mut details, undoes, made_by, .. } = step;
            if let (Change::CreateRule { policy, .. }, Some(by)) = (&mut change, made_by)
                && let Some(number) = numbers.get(&by)
            {
                *policy = PolicyRef::MadeBy(*number);
            }
            details.splice(0..0, said);
            details.extend(self.from(&undoes));
            if let Inverse::None { why } = inverse(&change, &Before::Nothing, Some("0"))
                && matches!(change, Change::DeleteApp { .. } | Change::DeleteSecret { .. })
            {
                details.push(format!("Undo: none. {why}"));
            }
            let undone = undoes.iter().filter_map(|n| self.history.write(*n)).map(|w| (&w.plan, w.in_plan));
            details.extend(mark::sentences(undone));
            changes.push(planned(i + 1, change, people, details, self.now.me.as_ref(), &label));
        }
        let mut notes: Vec<String> = self.blocked.iter().map(|left| format!("Not undone: {left}")).collect();
        notes.extend(self.notes);
        let app = match apps.iter().collect::<Vec<_>>()[..] {
            [one] => self.now.apps.get(one).and_then(|now| now.app.as_ref()),
            _ => None,
        };
        Ok(Plan {
            id,
            org_url: org_url.to_owned(),
            label,
            reason: reason.to_owned(),
            app: app.and_then(App::id),
            app_read_at: app.and_then(App::last_updated).map(str::to_owned),
            changes,
            notes,
            hand_over: hand_over(self.history, app, org_url),
        })
    }

    /// When, by whom and why the one write was made that a change undoes.
    fn from(&self, undoes: &[usize]) -> Option<String> {
        let [number] = undoes else { return None };
        let written = self.history.write(*number)?;
        let reason = match written.reason.trim() {
            "" => String::new(),
            reason => format!(", for {}", Clean::new(reason)),
        };
        Some(format!("{} was made {} by {}{reason}.", written.number, time::utc(written.at), written.who))
    }

    fn label(&self, apps: &BTreeSet<AppId>, writes: &[&Written]) -> Clean {
        let labels: BTreeSet<Clean> = match apps.len() {
            0 => writes.iter().map(|w| w.label.clone()).collect(),
            _ => apps
                .iter()
                .map(|id| match self.now.apps.get(id).and_then(|now| now.app.as_ref()) {
                    Some(app) => app.label(),
                    None => writes
                        .iter()
                        .find(|w| w.app.as_ref() == Some(id))
                        .map_or_else(|| Clean::new(id.as_str()), |w| w.label.clone()),
                })
                .collect(),
        };
        match labels.iter().collect::<Vec<_>>()[..] {
            [] => Clean::new("nothing"),
            [one] => one.clone(),
            ref several => Clean::new(&format!("{} apps", several.len())),
        }
    }

    /// The rules of a policy that were not made from here.
    pub(super) fn is_ours(&self, id: &str) -> bool {
        self.history.writes.iter().any(|w| w.made.as_deref() == Some(id))
    }

    /// The policy as it is now; `None` when it, or its server, was deleted or could not be read.
    pub(super) fn policy(
        &self,
        server: &crate::okta::model::ServerId,
        policy: &PolicyId,
    ) -> Option<&'a crate::okta::model::Policy> {
        let list = self.now.policies.get(server)?.known()?.as_ref()?;
        list.iter().find(|p| p.id().as_ref() == Some(policy))
    }
}

pub(super) fn known_app(change: &Change) -> Option<AppId> {
    match app_of(change) {
        Some(AppRef::Known(id)) => Some(id),
        _ => None,
    }
}

/// The gateway's values of the app's last plan: an undo changes none of them for the gateway.
fn hand_over(history: &History, app: Option<&App>, org_url: &str) -> HandOver {
    let id = app.and_then(App::id);
    let last = history.plans.iter().rev().find(|p| id.is_some() && (p.app == id || p.made == id));
    let client_id = app.and_then(App::client_id);
    match last {
        Some(part) => HandOver { client_id, ..part.hand_over.clone() },
        None => {
            let server = ServerKind::Org;
            let base = server.base(org_url);
            let uris = app.map(App::redirect_uris).unwrap_or_default();
            HandOver {
                client_id,
                server,
                authorization_url: format!("{base}/authorize"),
                token_url: format!("{base}/token"),
                redirect_uris: uris.into_iter().map(|uri| (String::new(), uri)).collect(),
                scopes: Vec::new(),
            }
        }
    }
}
