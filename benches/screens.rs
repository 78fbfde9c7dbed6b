//! What a screen costs: time to draw, and bytes that a key sends over the link. Run with `cargo bench`.
#![allow(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use oktui::run::job::{Connected, Event, Outcome, Slot, Start};
use oktui::tui::app::{App, AppMsg};
use oktui::tui::effect::Effect;
use oktui::tui::key::Key;
use oktui::tui::{theme::Theme, view};
use ratatui::Terminal;
use ratatui::backend::{CrosstermBackend, TestBackend};
use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

fn main() {
    divan::main();
}

const NOW: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

/// The program with a session and `apps` apps in its list, on that list.
fn on_apps(apps: usize) -> App {
    let mut app = App::new(Theme::new(true, false), NOW);
    let mut effects = app.first(false);
    let answer = |app: &mut App, effects: &mut Vec<Effect>, wanted: Slot, outcome: Outcome| {
        let ticket = effects.iter().find_map(|e| match e {
            Effect::Start { ticket, slot, .. } if *slot == wanted => Some(*ticket),
            _ => None,
        });
        let more =
            app.update(AppMsg::Event(Event { ticket: ticket.expect("a job in that slot"), outcome }, NOW));
        effects.extend(more);
    };
    answer(&mut app, &mut effects, Slot::Start, Outcome::Start(Box::<Start>::default()));
    effects.extend(app.update(AppMsg::Key(Key::Enter, NOW)));
    for c in "acme.okta.com".chars() {
        app.update(AppMsg::Key(Key::Char(c), NOW));
    }
    app.update(AppMsg::Key(Key::Tab, NOW));
    app.update(AppMsg::Paste("00token".into(), NOW));
    effects.extend(app.update(AppMsg::Key(Key::Enter, NOW)));
    answer(&mut app, &mut effects, Slot::Connect, Outcome::Connected(Box::new(connected())));
    let list = (0..apps).map(|n| {
        serde_json::from_value(serde_json::json!({"id": format!("0oa{n:017}"), "label": format!("Gateway {n}"), "status": "ACTIVE",
            "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {"application_type": "web"}}}))
        .expect("an app")
    });
    answer(&mut app, &mut effects, Slot::Apps, Outcome::Apps(list.collect()));
    app
}

fn connected() -> Connected {
    let user = serde_json::json!({"id": "00u1", "login": "admin@acme.example", "name": "Ada Min", "email": "admin@acme.example",
        "status": "ACTIVE", "last_login": null});
    let org = serde_json::json!({"url": "https://acme.okta.com", "id": null, "engine": "Identity", "custom_domain": null});
    Connected {
        org: serde_json::from_value(org).expect("org facts"),
        me: serde_json::from_value(serde_json::json!({"user": user, "roles": []})).expect("an identity"),
        label: "acme".into(),
        prod: false,
        read_only: false,
        notes: Vec::new(),
        callbacks: Vec::new(),
        authorization_server: None,
        signed_in: oktui::run::job::SignedIn::default(),
        demo: None,
    }
}

#[divan::bench(args = [10, 1_000, 100_000])]
fn draw_list_of_apps(bencher: Bencher, apps: usize) {
    let app = on_apps(apps);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test terminal");
    bencher.bench_local(|| {
        terminal.draw(|frame| view::draw(frame, black_box(&app))).map(|_| ()).expect("drawn");
    });
}

#[derive(Clone, Default)]
struct Link(Rc<RefCell<Vec<u8>>>);

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Bytes on the link for one Down in a list, as a count beside the time.
#[divan::bench]
fn bytes_of_a_key(bencher: Bencher) {
    let mut app = on_apps(1_000);
    let link = Link::default();
    let mut terminal = Terminal::new(CrosstermBackend::new(link.clone())).expect("a terminal on a buffer");
    terminal.draw(|frame| view::draw(frame, &app)).map(|_| ()).expect("drawn");
    link.0.borrow_mut().clear();
    app.update(AppMsg::Key(Key::Down, NOW));
    terminal.draw(|frame| view::draw(frame, &app)).map(|_| ()).expect("drawn");
    let bytes = link.0.borrow().len();
    let mut down = true;
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        down = !down;
        app.update(AppMsg::Key(if down { Key::Down } else { Key::Up }, NOW));
        terminal.draw(|frame| view::draw(frame, &app)).map(|_| ()).expect("drawn");
    });
}
