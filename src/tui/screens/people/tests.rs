use super::Model;
use super::lists::Pane;
use super::model::Over;
use crate::okta::model::{
    ApiError, App, AppGroup, AppUser, Assigned, Group, GroupKind, Problem, Readable, User, UserStatus,
};
use crate::people::{Access, Found, LastSignIn, PersonDetail, Preview, Purpose, Review, Row, Ways};
use crate::policy::why::{Line, Question, Remedy, Verdict, Why};
use crate::run::job::{AppLoaded, Job, Outcome, Slot, Trouble};
use crate::setup::{AccessMode, Ask, Draft, Setup};
use crate::text::Clean;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{
    deliver, drawn, existing, hints_work, now, picture, press, shared as base,
};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Directory, Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;
use serde_json::{Map, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/people/snapshots");

fn person(id: &str, name: &str, login: &str, status: UserStatus) -> User {
    User {
        id: id.parse().unwrap(),
        login: login.into(),
        name: name.into(),
        email: login.into(),
        status,
        last_login: Some(now() - jiff::SignedDuration::from_hours(24 * 9)),
    }
}

fn group(id: &str, name: &str, members: u64) -> Group {
    let kind = if name == "Everyone" { GroupKind::BuiltIn } else { GroupKind::Okta };
    Group {
        id: id.parse().unwrap(),
        name: name.into(),
        description: Some("About it".into()),
        kind,
        members: Some(members),
    }
}

fn forbidden() -> ApiError {
    ApiError::Okta(Problem {
        endpoint: "GET /api/v1/groups".into(),
        status: 403,
        code: Clean::new("E0000006"),
        summary: Clean::new("You do not have permission to perform the requested action"),
        causes: Vec::new(),
        error_id: None,
        request_id: None,
    })
}

fn app_user(id: &str, name: &str, via: Assigned) -> AppUser {
    AppUser {
        id: id.parse().unwrap(),
        via,
        status: "ACTIVE".into(),
        user_name: Some(name.into()),
        profile: Map::new(),
    }
}

fn directory(shared: &mut Shared) {
    use UserStatus as U;
    let people = vec![
        person("00umarta", "Marta Nowak", "marta.nowak@acme.com", U::Active),
        person("00umarek", "Marek Dvořák", "marek.dvorak@acme.com", U::Staged),
        person("00umari", "田中 まり", "mari.tanaka@acme.com", U::Active),
        person("00umarco", "Marco de la Riva-Hernández", "marco.rivahernandez@acme.com", U::Active),
        person("00umary", "Mary Olu", "mary.olu@acme.com", U::LockedOut),
        person("00utomas", "Tomas Berger", "tomas.berger@acme.com", U::Active),
    ];
    let groups = vec![
        group("00gall", "Everyone", 1_204),
        group("00gmcp", "MCP-Users", 212),
        group("00gcon", "Contractors", 16),
    ];
    shared.directory = Directory::of(people, groups);
}

/// A new app, its directory read.
fn new_app() -> Shared {
    let mut s = base(true);
    directory(&mut s);
    s
}

/// An app with Marta by name, Mari through a group, and one group.
fn old_app() -> Shared {
    let mut s = new_app();
    existing(&mut s);
    let app = App(
        json!({"id": "0oa1b2c3d4e5f6g7h8i9", "label": "Cequence AI Gateway", "status": "ACTIVE", "settings": {}})
            .as_object()
            .unwrap()
            .clone(),
    );
    let groups = vec![AppGroup {
        id: "00gmcp".parse().unwrap(),
        name: Some("MCP-Users".into()),
        priority: Some(0),
        profile: Map::new(),
    }];
    s.work.as_mut().unwrap().loaded = Remote::Ready(AppLoaded {
        app,
        users: Readable::Known(vec![
            app_user("00umarta", "marta.nowak@acme.com", Assigned::Directly),
            app_user("00umari", "mari.tanaka@acme.com", Assigned::ThroughGroup),
        ]),
        groups: Readable::Known(groups),
        setup: Setup::default(),
    });
    s
}

fn shown(shared: &mut Shared) -> Model {
    let mut m = Model::default();
    m.update(shared, Msg::Shown);
    m
}

fn draft(shared: &Shared) -> &Draft {
    &shared.work.as_ref().unwrap().draft
}

fn keys(m: &mut Model, s: &mut Shared, text: &str) -> Next {
    text.chars().fold(Next::none(), |_, c| {
        let key = match c {
            '\n' => Key::Enter,
            '\t' => Key::Tab,
            '\u{1b}' => Key::Esc,
            '↓' => Key::Down,
            c => Key::Char(c),
        };
        press(m, s, key)
    })
}

fn job(next: &Next) -> &Job {
    match next.effects.as_slice() {
        [Effect::Start { job, .. }] => job,
        other => panic!("{other:?}"),
    }
}

fn preview() -> Preview {
    let row = |line, asked: &str, found| Row { line, asked: asked.into(), found };
    let users = new_app().directory.people;
    Preview {
        purpose: Purpose::Assign,
        rows: vec![
            row(2, "tomas.berger@acme.com", Found::One(users[5].clone())),
            row(3, "mari@elsewhere.example", Found::NotFound),
            row(4, "TOMAS.BERGER@acme.com", Found::Repeated { first: 2 }),
            row(5, "mary.olu@acme.com", Found::Inactive(users[4].clone())),
            row(6, "marta.nowak@acme.com", Found::Already(users[0].clone(), Some(Assigned::Directly))),
            row(7, "mar@acme.com", Found::Ambiguous(vec![users[2].clone(), users[3].clone()])),
        ],
        form: "comma-separated, column \"login\", UTF-8".into(),
        notes: vec!["Other columns are passed over: name.".into()],
    }
}

fn review() -> Review {
    let users = new_app().directory.people;
    let row = |at: usize, direct, groups: &[&str], last| Access {
        id: users[at].id.clone(),
        person: Some(users[at].clone()),
        user_name: None,
        ways: Ways {
            direct,
            groups: groups.iter().map(|g| ("00gmcp".parse().unwrap(), (*g).into())).collect(),
            some_group: false,
        },
        last,
    };
    let since = now() - jiff::SignedDuration::from_hours(24 * 90);
    Review {
        label: "Cequence AI Gateway".into(),
        read: now(),
        rows: vec![
            row(0, true, &[], LastSignIn::At(now() - jiff::SignedDuration::from_hours(30))),
            row(2, false, &["MCP-Users"], LastSignIn::NoneSince(since)),
            row(4, true, &["MCP-Users"], LastSignIn::NoneSince(since)),
        ],
        groups: vec![group("00gmcp", "MCP-Users", 212)],
        notes: vec!["The System Log goes back 90 days.".into()],
    }
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut out = Vec::new();
    let mut s = new_app();
    out.push(("new", shown(&mut s), s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/mar\n  a");
    keys(&mut m, &mut s, "\u{1b}vjaj");
    keys(&mut m, &mut s, "\t");
    keys(&mut m, &mut s, "d");
    keys(&mut m, &mut s, "v");
    out.push(("staged", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    press(&mut m, &mut s, Key::BackTab);
    out.push(("buttons", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/mar");
    out.push(("filter", m, s));
    let mut s = new_app();
    s.directory.set_groups(Readable::Forbidden(forbidden()));
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "v");
    out.push(("groups-forbidden", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "\\zed\n");
    let found = vec![person("00uzed", "Zed Zee", "zed@acme.com", UserStatus::Deprovisioned)];
    deliver(&mut m, &mut s, Slot::Search, Outcome::FoundPeople(found));
    out.push(("okta-search", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "\n");
    let user = s.directory.people[0].clone();
    let detail = PersonDetail {
        person: user,
        groups: Readable::Known(vec![group("00gall", "Everyone", 1_204), group("00gmcp", "MCP-Users", 212)]),
        factors: Readable::Forbidden(forbidden()),
        app_user: Readable::Known(Some(app_user("00umarta", "marta.nowak@acme.com", Assigned::Directly))),
        events: Readable::Known(Vec::new()),
    };
    deliver(&mut m, &mut s, Slot::Detail, Outcome::Person(Box::new(detail)));
    out.push(("person", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "w");
    let line = |question, verdict, saw: &str, remedy| Line { question, verdict, saw: saw.into(), remedy };
    let why = Why {
        lines: vec![
            line(Question::App, Verdict::Pass, "The app is active.", None),
            line(Question::Assignment, Verdict::Fail, "Nobody assigned them.", Some(Remedy::AssignPerson)),
            line(Question::SignOn, Verdict::NotReadable, "This token may not read policies.", None),
        ],
    };
    deliver(&mut m, &mut s, Slot::Why, Outcome::Why(Box::new(why)));
    out.push(("why", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    m.update(&mut s, Msg::Paste("tomas.berger@acme.com\nmari@elsewhere.example\n".into()));
    deliver(&mut m, &mut s, Slot::People, Outcome::LookedUp(Box::new(preview())));
    out.push(("import", m, s));
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "\t\t");
    deliver(&mut m, &mut s, Slot::Review, Outcome::Review(Box::new(review())));
    out.push(("review", m, s));
    out
}

#[test]
fn every_state_is_drawn_whole() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, FOLDER);
    }
}

#[test]
fn every_hint_does_something() {
    for (name, model, mut shared) in states() {
        shared.notice = None;
        println!("{name}");
        hints_work(&model, &shared);
    }
}

#[test]
fn people_are_filtered_marked_assigned_and_taken_back() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/mar");
    assert_eq!(m.len(), 5);
    keys(&mut m, &mut s, "\n  a");
    let mut people = draft(&s).setup.access.people.clone();
    people.sort();
    assert_eq!(people, ["marek.dvorak@acme.com", "marta.nowak@acme.com"]);
    let screen = drawn(&m, &s, Theme::new(false, false), (80, 24));
    assert!(screen.contains("Staged: +2 people"), "{screen}");
    assert!(screen.contains("2 calls"), "{screen}");
    keys(&mut m, &mut s, "u");
    assert!(draft(&s).setup.access.people.is_empty());
    keys(&mut m, &mut s, "*a");
    assert_eq!(draft(&s).setup.access.people.len(), 5);
}

#[test]
fn marks_outlive_a_filter_and_a_range_is_marked_from_the_last_one() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, " ↓↓m");
    assert_eq!(m.marked.len(), 4);
    keys(&mut m, &mut s, "/tomas\n");
    assert_eq!((m.len(), m.marked.len()), (1, 4));
    keys(&mut m, &mut s, "a");
    assert_eq!(draft(&s).setup.access.people.len(), 4, "what is marked, not what is shown");
}

#[test]
fn direct_people_are_asked_away_and_those_of_a_group_are_not() {
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "\td");
    assert!(
        matches!(draft(&s).asks.as_slice(), [Ask::UnassignPerson { login, .. }] if login.as_str().starts_with("marta"))
    );
    keys(&mut m, &mut s, "↓d");
    assert_eq!(draft(&s).asks.len(), 1);
    assert!(s.notice.clone().unwrap().contains("through a group"));
    press(&mut m, &mut s, Key::Up);
    keys(&mut m, &mut s, "a");
    assert!(draft(&s).asks.is_empty());
}

#[test]
fn everyone_is_a_mode_and_not_a_row() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "v*a");
    assert_eq!(draft(&s).setup.access.groups, ["MCP-Users", "Contractors"]);
    assert!(s.notice.clone().unwrap().contains("step 4"));
}

#[test]
fn pages_that_come_later_are_in_the_list_and_in_the_filter() {
    let mut s = new_app();
    let first = s.directory.people[..2].to_vec();
    s.directory = Directory { loading: true, ..Directory::default() };
    s.directory.add(first);
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/mar");
    assert_eq!(m.len(), 2);
    let more = vec![person("00umara", "Mara Mo", "mara@acme.com", UserStatus::Active)];
    s.directory.add(more.clone());
    deliver(&mut m, &mut s, Slot::Directory, Outcome::People(more));
    assert_eq!(m.len(), 3);
}

#[test]
fn reading_can_be_stopped_and_what_was_read_stays() {
    let mut s = new_app();
    (s.directory.complete, s.directory.loading) = (false, true);
    let mut m = shown(&mut s);
    assert_eq!(Screen::running(&m, &s), Some(Slot::Directory));
    let next = m.update(&mut s, Msg::Command(crate::tui::command::CommandId::Cancel));
    assert_eq!(next.effects, [Effect::Stop(Slot::Directory)]);
    assert_eq!((m.len(), s.directory.loading), (6, false));
    assert!(drawn(&m, &s, Theme::new(false, false), (80, 24)).contains("reading was stopped"));
}

#[test]
fn an_import_stages_those_who_are_found_and_says_of_the_others() {
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "i");
    assert!(m.editing());
    let next = keys(&mut m, &mut s, "/tmp/people.csv\n");
    assert!(
        matches!(job(&next), Job::LookUp { source: crate::people::Source::File(path), app: Some(_), .. } if path == "/tmp/people.csv")
    );
    assert_eq!(m.running(), Some(Slot::People));
    deliver(&mut m, &mut s, Slot::People, Outcome::Reading(200, 1_204));
    assert!(drawn(&m, &s, Theme::new(false, false), (80, 24)).contains("200 of 1,204"));
    deliver(&mut m, &mut s, Slot::People, Outcome::LookedUp(Box::new(preview())));
    let next = keys(&mut m, &mut s, "e");
    assert!(
        matches!(job(&next), Job::SaveFile { content, .. } if content.expose().contains("mari@elsewhere.example"))
    );
    keys(&mut m, &mut s, "\n");
    assert_eq!(draft(&s).setup.access.people, ["tomas.berger@acme.com"]);
    assert!(m.over.is_none());
}

#[test]
fn a_review_is_narrowed_saved_and_turned_into_removals() {
    let (_, mut m, mut s) = states().pop().unwrap();
    assert_eq!((m.pane, m.len()), (Pane::Review, 3));
    keys(&mut m, &mut s, "vv");
    assert_eq!(m.len(), 2, "no sign-in to this app");
    let next = keys(&mut m, &mut s, "e");
    assert!(
        matches!(job(&next), Job::SaveFile { name, content } if name.ends_with(".csv") && content.expose().lines().count() == 3)
    );
    let next = keys(&mut m, &mut s, "e");
    assert!(
        matches!(job(&next), Job::SaveFile { name, content } if name.ends_with(".md") && content.expose().starts_with("# "))
    );
    // Mary is not in the app's list as it was read; Marta is.
    keys(&mut m, &mut s, "vv");
    press(&mut m, &mut s, Key::Home);
    keys(&mut m, &mut s, "d");
    assert!(
        matches!(draft(&s).asks.as_slice(), [Ask::UnassignPerson { id, .. }] if id.as_str() == "00umarta")
    );
}

#[test]
fn why_says_what_stops_them_and_f_stages_the_remedy() {
    let (_, mut m, mut s) = states().into_iter().find(|(n, ..)| *n == "why").unwrap();
    let Some(Over::Why(view)) = &m.over else { panic!() };
    assert_eq!(view.cursor, 1, "on the line that fails");
    s.work.as_mut().unwrap().loaded = Remote::Idle;
    keys(&mut m, &mut s, "f");
    assert_eq!(draft(&s).setup.access.people, ["marta.nowak@acme.com"]);
    let next = keys(&mut m, &mut s, "y");
    let [Effect::Copy(text)] = next.effects.as_slice() else { panic!("{next:?}") };
    assert!(text.expose().contains("assigned: FAIL"));
}

#[test]
fn what_the_app_calls_somebody_can_be_changed() {
    let (_, mut m, mut s) = states().into_iter().find(|(n, ..)| *n == "person").unwrap();
    keys(&mut m, &mut s, "\n");
    assert!(m.editing());
    press(&mut m, &mut s, Key::Ctrl('u'));
    keys(&mut m, &mut s, "marta\n");
    assert!(matches!(draft(&s).asks.as_slice(), [Ask::SetUserName { name, .. }] if name == "marta"));
}

#[test]
fn t_goes_to_the_tester_as_that_person() {
    let mut s = old_app();
    let mut m = shown(&mut s);
    let next = keys(&mut m, &mut s, "t");
    assert_eq!((next.go, s.test_as.as_deref()), (Some(Go::To(Route::Test)), Some("marta.nowak@acme.com")));
}

#[test]
fn a_search_that_fails_says_so_and_the_list_is_back() {
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "\\zed\n");
    assert_eq!(m.running(), Some(Slot::Search));
    deliver(&mut m, &mut s, Slot::Search, Outcome::Failed(Trouble::new("No answer in time.", "Try again.")));
    assert_eq!(m.len(), 6);
    assert!(drawn(&m, &s, Theme::new(false, false), (80, 24)).contains("No answer in time."));
}

#[test]
fn a_draft_that_another_process_holds_is_not_changed() {
    let mut s = new_app();
    s.work.as_mut().unwrap().held_by = Some(7);
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "*a");
    assert!(draft(&s).setup.access.people.is_empty());
}

#[test]
fn marks_survive_a_filter_and_go_with_what_was_done() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/marta\n ");
    keys(&mut m, &mut s, "\u{1b}/tomas\n ");
    assert_eq!(m.marked.len(), 2);
    keys(&mut m, &mut s, "a");
    assert_eq!(draft(&s).setup.access.people, ["marta.nowak@acme.com", "tomas.berger@acme.com"]);
    assert!(m.marked.is_empty());
}

#[test]
fn tab_arrows_and_enter_alone_reach_everything() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "\t\t");
    assert_eq!((m.pane, m.button), (Pane::Assigned, Some(0)));
    keys(&mut m, &mut s, "\t↓↓");
    assert_eq!((m.pane, m.button), (Pane::Available, None));
    press(&mut m, &mut s, Key::BackTab);
    assert_eq!(m.button, Some(0), "from the first list back to the buttons");
    keys(&mut m, &mut s, "\n");
    assert_eq!(draft(&s).setup.access.people, ["mari.tanaka@acme.com"]);
    let count = super::buttons::all(&m).len();
    for at in 1..count {
        let mut m = shown(&mut s);
        press(&mut m, &mut s, Key::BackTab);
        for _ in 0..at {
            press(&mut m, &mut s, Key::Right);
        }
        let before = drawn(&m, &s, Theme::new(false, false), (80, 24));
        let next = press(&mut m, &mut s, Key::Enter);
        let after = drawn(&m, &s, Theme::new(false, false), (80, 24));
        assert!(next.go.is_some() || before != after, "button {at}");
    }
}

#[test]
fn a_staging_takes_the_plan_away_and_moving_does_not() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    s.work.as_mut().unwrap().plan = Remote::Loading;
    keys(&mut m, &mut s, "jv/x\u{1b}\u{1b}");
    assert_eq!(s.work.as_ref().unwrap().plan, Remote::Loading);
    keys(&mut m, &mut s, "va");
    assert_eq!(s.work.as_ref().unwrap().plan, Remote::Idle);
}

#[test]
fn whoever_comes_through_a_group_is_not_assigned_twice() {
    let mut s = old_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/tanaka\na");
    assert!(draft(&s).setup.access.people.is_empty());
    assert!(s.notice.clone().unwrap().contains("through a group"));
}

#[test]
fn the_mode_follows_what_is_staged() {
    let mut s = new_app();
    s.work.as_mut().unwrap().draft.setup.access.mode = AccessMode::Later;
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "a");
    assert_eq!(draft(&s).setup.access.mode, AccessMode::Controlled);
    keys(&mut m, &mut s, "u");
    assert_eq!(draft(&s).setup.access.mode, AccessMode::Later);
    s.work.as_mut().unwrap().draft.setup.access.mode = AccessMode::Everyone;
    keys(&mut m, &mut s, "a");
    assert!(draft(&s).setup.access.people.is_empty() && s.notice.is_some());
}

#[test]
fn a_better_match_that_comes_later_leaves_the_cursor_on_its_row() {
    let mut s = new_app();
    s.directory.complete = false;
    s.directory.loading = true;
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/owak\n");
    let on = m.entry(m.cursor());
    let best = vec![person("00u900", "Owak", "owak", UserStatus::Active)];
    s.directory.add(best.clone());
    deliver(&mut m, &mut s, Slot::Directory, Outcome::People(best));
    assert_ne!(m.entry(0), on);
    assert_eq!(m.entry(m.cursor()), on);
}

#[test]
fn another_app_begins_with_nothing_marked() {
    let mut s = new_app();
    let mut m = shown(&mut s);
    keys(&mut m, &mut s, "/mar\n ");
    m.update(&mut s, Msg::Shown);
    assert_eq!(m.marked.len(), 1, "coming back keeps it");
    let mut other = old_app();
    m.update(&mut other, Msg::Shown);
    assert_eq!((m.marked.len(), m.filter.text()), (0, ""));
}

#[test]
fn a_key_that_moves_changes_two_cells() {
    let mut s = new_app();
    let people = (0..200).map(|n| {
        let login = format!("p{n}@acme.com");
        person(&format!("00u{n}"), &format!("P {n}"), &login, UserStatus::Active)
    });
    s.directory = Directory::of(people.collect(), Vec::new());
    let mut m = shown(&mut s);
    let mut few = 0;
    for _ in 0..40 {
        let before = drawn(&m, &s, Theme::new(false, false), (80, 24));
        press(&mut m, &mut s, Key::Down);
        let after = drawn(&m, &s, Theme::new(false, false), (80, 24));
        few += usize::from(before.chars().zip(after.chars()).filter(|(a, b)| a != b).count() <= 2);
    }
    assert!(few >= 36, "{few} of 40");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn it_draws_at_every_size(w in 1_u16..200, h in 1_u16..60, which in 0_usize..10) {
        let all = states();
        let (_, model, shared) = &all[which % all.len()];
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(w, h)).unwrap();
        terminal.draw(|frame| model.draw(frame, frame.area(), shared, Theme::new(false, false))).unwrap();
    }

    #[test]
    fn no_key_makes_it_fall(text in "[\n\t\u{1b}↓ admuvw/\\\\*ieytrx]{0,40}", old in any::<bool>()) {
        let mut s = if old { old_app() } else { new_app() };
        let mut m = shown(&mut s);
        keys(&mut m, &mut s, &text);
        drawn(&m, &s, Theme::new(false, false), (80, 24));
    }
}
