//! What is to be run: the way, the redirect URI, the person.

use crate::change::HandOver;
use crate::change::temporary;
use crate::flow::trace::Way;
use crate::okta::model::{AppId, ClientAuthentication, ClientId, Engine, ServerKind};
use crate::run::job::{DemoPerson, TestRequest};
use crate::secret::Secret;
use crate::setup::Target;
use crate::text::Clean;
use crate::tui::shared::Shared;
use crate::tui::widgets::field::Field;
use crate::uri::is_near;

/// What must be said before and after a sign-in in this terminal.
pub(super) const SESSION_ONLY: &str =
    "On Identity Engine this judges the session policy only: the app's own sign-in policy is not judged.";

/// The form's state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    pub way: Way,
    /// Whether the tokens are followed to their end.
    pub whole_life: bool,
    /// Whether the run stops before each request.
    pub stepping: bool,
    /// Which redirect URI was chosen, an index into [`redirects`] and one more for this machine's.
    pub redirect: Option<usize>,
    /// The row under the cursor, an index into [`items`].
    pub cursor: usize,
    pub login: Field,
    pub password: Field,
    /// Whether the field under the cursor is open.
    pub open: bool,
}

/// A row of the form that the cursor can be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Way(Way),
    Redirect,
    Life,
    Stepping,
    Person(usize),
    Login,
    Password,
    Run,
    /// The runs of before.
    Older,
}

impl Form {
    /// As it is first shown: in the demo with a person who can sign in, on a real org with the probe, which needs nobody.
    pub fn new(shared: &Shared) -> Self {
        let mut form = Self {
            way: Way::Probe,
            whole_life: false,
            stepping: false,
            redirect: None,
            cursor: 0,
            login: Field::default(),
            password: Field::secret(),
            open: false,
        };
        if let Some(person) = people(shared).first() {
            form.way = Way::Terminal;
            form.fill(person);
        }
        form.go_to(shared, Item::Run);
        form
    }

    /// Takes a person of the demo with their password.
    pub fn fill(&mut self, person: &DemoPerson) {
        self.login = Field::new(person.login.as_str());
        self.password = Field::secret();
        self.password.paste(person.password.expose());
    }

    /// As this person, in the terminal: in the demo with their password, else the password is typed next.
    pub fn sign_in_as(&mut self, login: &str, shared: &Shared) {
        self.way = Way::Terminal;
        match people(shared).iter().find(|p| p.login.as_str().eq_ignore_ascii_case(login)) {
            Some(person) => self.fill(person),
            None => self.login = Field::new(login),
        }
        let at = if self.password.text().is_empty() { Item::Password } else { Item::Run };
        self.cursor = items(self, shared).iter().position(|item| *item == at).unwrap_or(0);
    }

    /// How many redirect URIs there are to choose from, where [`redirects`] has `known`.
    pub fn choices(&self, known: usize) -> usize {
        known.max(1) + usize::from(self.way == Way::Browser)
    }

    /// The redirect URI that is chosen, an index into `known` or its length for this machine's; the meant one until somebody chooses.
    pub fn chosen(&self, known: &[Redirect]) -> usize {
        let at = self.redirect.or_else(|| known.iter().position(|r| r.meant)).unwrap_or(0);
        at.min(self.choices(known.len()) - 1)
    }

    /// Whether the redirect URI is one of this machine's, for this run alone. Only a browser can bring an answer there.
    pub fn on_this_machine(&self, known: &[Redirect]) -> bool {
        self.way == Way::Browser && self.chosen(known) >= known.len().max(1)
    }

    /// The row under the cursor.
    pub fn item(&self, shared: &Shared) -> Item {
        items(self, shared).get(self.cursor).copied().unwrap_or(Item::Run)
    }

    /// The field under the cursor, if it is one.
    pub fn field(&mut self, shared: &Shared) -> Option<&mut Field> {
        match self.item(shared) {
            Item::Login => Some(&mut self.login),
            Item::Password => Some(&mut self.password),
            _ => None,
        }
    }

    /// Puts the cursor on a row.
    pub fn go_to(&mut self, shared: &Shared, item: Item) {
        if let Some(at) = items(self, shared).iter().position(|i| *i == item) {
            self.cursor = at;
        }
    }
}

/// People of the demo; nobody elsewhere.
pub(super) fn people(shared: &Shared) -> &[DemoPerson] {
    shared.session.as_ref().and_then(|s| s.demo.as_ref()).map_or(&[], |demo| &demo.people)
}

/// The ways side by side, the first one offered.
pub(super) fn ways(demo: bool) -> [Way; 6] {
    match demo {
        true => [Way::Terminal, Way::Browser, Way::Device, Way::Probe, Way::Secret, Way::Client],
        false => [Way::Probe, Way::Browser, Way::Terminal, Way::Device, Way::Secret, Way::Client],
    }
}

/// The rows in order. The first way is the one that is offered.
pub(super) fn items(form: &Form, shared: &Shared) -> Vec<Item> {
    let demo = !people(shared).is_empty();
    let mut items: Vec<Item> = ways(demo).into_iter().map(Item::Way).collect();
    items.push(Item::Redirect);
    if form.way.signs_in() {
        items.push(Item::Life);
    }
    items.push(Item::Stepping);
    if form.way == Way::Terminal {
        items.extend((0..people(shared).len()).map(Item::Person));
        items.extend([Item::Login, Item::Password]);
    }
    items.extend([Item::Run, Item::Older]);
    items
}

/// A redirect URI to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    /// The environment of the gateway.
    pub environment: String,
    /// Not cleaned: it is sent.
    pub uri: String,
    /// The app has it. One that it lacks is the gateway's all the same: a sign-in shows what that does.
    pub registered: bool,
    /// The app lacks it and has one that is almost it: what the gateway sends is this one.
    pub meant: bool,
}

/// The app's redirect URIs, then the callbacks of the gateway that are known for this org and that the app lacks.
pub(super) fn redirects(shared: &Shared) -> Vec<Redirect> {
    let Some(setup) = shared.work.as_ref().map(|w| &w.draft.setup) else { return Vec::new() };
    let callbacks = shared.callbacks();
    let rows = &setup.redirect_uris;
    let lacking = callbacks.into_iter().filter(|c| rows.iter().all(|row| row.uri != c.uri));
    let own = rows.iter().map(|row| Redirect {
        environment: row.environment.clone(),
        uri: row.uri.clone(),
        registered: true,
        meant: false,
    });
    let lacking = lacking.map(|c| {
        let meant = rows.iter().any(|row| is_near(&c.uri, &row.uri));
        Redirect { environment: c.environment, uri: c.uri, registered: false, meant }
    });
    own.chain(lacking).collect()
}

/// Whether a sign-in in this terminal leaves the app's own policy out.
pub(super) fn session_only(shared: &Shared) -> bool {
    shared.session.as_ref().is_none_or(|s| s.org.engine != Engine::Classic)
}

/// The app that is tested.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    pub app: AppId,
    pub client_id: ClientId,
    pub authentication: ClientAuthentication,
    pub server: ServerKind,
    pub secret: Option<Secret>,
}

/// The app that is tested, if it exists.
pub(super) fn subject(shared: &Shared) -> Option<Subject> {
    let work = shared.work.as_ref()?;
    let planned: Option<&HandOver> = work.plan.value().map(|made| &made.plan.hand_over);
    if let Some(applied) = &work.applied {
        return Some(Subject {
            app: applied.app.clone()?,
            client_id: applied.hand_over.client_id.clone()?,
            authentication: applied.authentication,
            server: applied.hand_over.server.clone(),
            secret: applied.secret.clone(),
        });
    }
    let Target::Existing(app) = &work.draft.target else { return None };
    let loaded = work.loaded.value().map(|loaded| &loaded.app);
    Some(Subject {
        app: app.clone(),
        client_id: loaded.and_then(|a| a.client_id()).or_else(|| planned?.client_id.clone())?,
        authentication: loaded
            .and_then(|a| a.client_authentication())
            .unwrap_or(work.draft.setup.app.client_authentication),
        server: work.draft.setup.authorization_server.kind()?,
        secret: None,
    })
}

/// The request for a run, or the row that something is missing in, with a sentence.
pub(super) fn request(
    form: &Form,
    shared: &Shared,
    secret: Option<&Secret>,
    run: u32,
) -> Result<TestRequest, (Item, &'static str)> {
    let Some(subject) = subject(shared) else {
        return Err((Item::Run, "The app is not made yet: apply the plan first."));
    };
    let setup = shared.work.as_ref().map(|w| &w.draft.setup);
    let redirects = redirects(shared);
    let at = form.chosen(&redirects).min(redirects.len().saturating_sub(1));
    let Some(redirect) = redirects.get(at) else {
        return Err((Item::Redirect, "There is no redirect URI: step 3 adds the gateway's callback."));
    };
    let terminal = form.way == Way::Terminal;
    if terminal && form.login.text().trim().is_empty() {
        return Err((Item::Login, "Type the login of the person who signs in."));
    }
    if terminal && form.password.text().is_empty() {
        return Err((Item::Password, "Type their password. It goes to Okta only, and is not kept."));
    }
    let temporary = form.on_this_machine(&redirects).then_some(temporary::PORT);
    Ok(TestRequest {
        temporary,
        // Okta gives the device grant to native apps only (RFC 8628), and the gateway's is a web app.
        side: form.way == Way::Device,
        app: subject.app,
        client_id: subject.client_id,
        label: Clean::new(setup.map_or("", |s| s.app.name.as_str())),
        server: subject.server,
        authentication: subject.authentication,
        secret: subject.secret.or_else(|| secret.cloned()),
        redirect_uri: temporary.map_or_else(|| redirect.uri.clone(), temporary::uri),
        sign_out_uri: setup.and_then(|s| s.sign_out.uris.first().cloned()),
        scopes: setup.map(|s| s.authorization_server.scopes.clone()).unwrap_or_default(),
        way: form.way,
        whole_life: form.whole_life && form.way.signs_in(),
        login: if terminal { form.login.text().trim().to_owned() } else { String::new() },
        password: terminal.then(|| Secret::new(form.password.text())),
        stepping: form.stepping.then_some(1),
        run,
    })
}
