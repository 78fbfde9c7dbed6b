use super::Model;
use super::model::{Asks, Tab};
use crate::diagnose::{Answer, AppUserFacts, ChangeKind, Need};
use crate::okta::model::Readable;
use crate::run::job::{AppLoaded, Capture, Job, Outcome, Slot, Trouble};
use crate::tui::command::CommandId as C;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::screens::plan::fixtures::{drawn, existing, hints_work, keys, picture, shared};
use crate::tui::screens::{Go, Msg, Next, Route, Screen};
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use std::sync::Arc;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tui/screens/diagnose/snapshots");
const REFUSED: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?state=abc&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";
const SLASH: &str = "https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid&state=x&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback%2F";
/// Several things are wrong at once, and it takes several hops.
const MANY: &str = r#"{"log":{"version":"1.2","entries":[
{"startedDateTime":"2026-11-23T08:00:00.000Z","request":{"method":"GET","url":"https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid,email&state=abc123&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback"},"response":{"status":302,"headers":[{"name":"Location","value":"https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?code=s3cr3tc0de&state=abc123"}]}},
{"startedDateTime":"2026-11-23T08:00:01.000Z","request":{"method":"POST","url":"https://acme.okta.com/oauth2/v1/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=authorization_code&code=s3cr3tc0de&client_id=0oa1&client_secret=s3cr3t%20&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback%2F"}},"response":{"status":400,"headers":[{"name":"Content-Type","value":"application/json"}],"content":{"text":"{\"error\":\"invalid_grant\",\"error_description\":\"The authorization code is invalid or has expired.\"}"}}}
]}}"#;

fn opened() -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(false));
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

fn pasted(text: &str) -> (Model, Shared) {
    let (mut model, mut shared) = opened();
    model.update(&mut shared, Msg::Paste(text.into()));
    (model, shared)
}

fn press(model: &mut Model, shared: &mut Shared, ids: &[C]) -> Next {
    ids.iter().map(|id| model.update(shared, Msg::Command(*id))).last().unwrap_or_default()
}

#[test]
fn every_state_is_drawn() {
    let (empty, shared) = opened();
    picture("empty", &empty, &shared, FOLDER);
    for (name, text) in [("refused", REFUSED), ("slash", SLASH), ("unknown", "what now"), ("many", MANY)] {
        let (model, shared) = pasted(text);
        picture(name, &model, &shared, FOLDER);
    }
    let (mut hops, mut shared) = pasted(MANY);
    press(&mut hops, &mut shared, &[C::Right]);
    picture("hops", &hops, &shared, FOLDER);
    let (mut file, mut shared) = opened();
    press(&mut file, &mut shared, &[C::Diagnose]);
    keys(&mut file, &mut shared, &"/tmp/none.har".chars().map(Key::Char).collect::<Vec<_>>());
    picture("file", &file, &shared, FOLDER);
    keys(&mut file, &mut shared, &[Key::Enter]);
    picture("reading", &file, &shared, FOLDER);
    let trouble = Trouble::new("/tmp/none.har cannot be read: no such file.", "Look at the path.");
    file.update(&mut shared, Msg::Done(Slot::Capture, Outcome::Failed(trouble)));
    picture("failed", &file, &shared, FOLDER);
}

#[test]
fn typing_and_enter_look_at_it_too() {
    let (mut model, mut shared) = opened();
    assert!(model.editing(&shared));
    for c in "error=access_denied".chars() {
        keys(&mut model, &mut shared, &[Key::Char(c)]);
    }
    keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(!model.editing(&shared) && model.looked.is_some());
    assert_eq!(model.field.text(), "");
}

#[test]
fn escape_leads_back_and_another_is_taken() {
    let (mut model, mut shared) = pasted(REFUSED);
    assert_eq!(model.update(&mut shared, Msg::Command(C::Back)), Next::go(Go::Back));
    press(&mut model, &mut shared, &[C::Add]);
    assert!(model.editing(&shared) && model.field.text().is_empty());
    press(&mut model, &mut shared, &[C::Back]);
    assert!(!model.editing(&shared) && model.looked.is_some());
    let before = model.finding().cloned();
    model.update(&mut shared, Msg::Paste(SLASH.into()));
    assert_ne!(model.finding().cloned(), before);
}

#[test]
fn the_cursor_goes_through_the_findings_and_then_through_the_text() {
    let (mut model, mut shared) = pasted(MANY);
    let count = model.count();
    assert!(count > 1, "{:?}", model.looked);
    press(&mut model, &mut shared, &vec![C::Down; count + 1]);
    assert_eq!((model.cursor, model.scroll), (count - 1, 2));
    press(&mut model, &mut shared, &[C::Up, C::Up, C::Up]);
    assert_eq!((model.cursor, model.scroll), (count - 2, 0));
    press(&mut model, &mut shared, &[C::Open, C::Bottom]);
    let last = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    assert!(last.contains("from "), "the last row of a finding is its sources: {last}");
}

#[test]
fn a_secret_is_neither_drawn_nor_copied() {
    for text in [MANY, "https://h/cb?code=s3cr3tc0de&state=x", "code=s3cr3tc0de&state=x"] {
        let (mut model, mut shared) = pasted(text);
        for tab in [Tab::Why, Tab::Evidence] {
            model.tab = tab;
            let screen = drawn(&model, &shared, Theme::new(false, false), (200, 200));
            assert!(!screen.contains("s3cr3t"), "{screen}");
            let next = press(&mut model, &mut shared, &[C::Copy]);
            let [Effect::Copy(text)] = &next.effects[..] else { panic!("{next:?}") };
            assert!(!text.expose().is_empty() && !text.expose().contains("s3cr3t"));
        }
        assert!(!format!("{model:?}").contains("s3cr3t"));
    }
}

#[test]
fn a_path_is_opened_by_the_runner() {
    for (way, path) in [(0, "/tmp/a.har"), (1, "'/tmp/a b.har'\n"), (2, "notes.txt")] {
        let (mut model, mut shared) = opened();
        let next = if way == 2 {
            press(&mut model, &mut shared, &[C::Diagnose]);
            model.update(&mut shared, Msg::Paste(path.into()));
            model.update(&mut shared, Msg::Edit(Key::Enter))
        } else {
            model.update(&mut shared, Msg::Paste(path.into()))
        };
        let [Effect::Start { job: Job::ReadCapture { from, callbacks }, .. }] = &next.effects[..] else {
            panic!("{next:?}")
        };
        assert_eq!(*from, Capture::File(path.trim().into()));
        assert!(!callbacks.is_empty());
        assert_eq!(model.running(&shared), Some(Slot::Capture));
    }
}

#[test]
fn a_long_paste_is_read_by_the_runner_and_can_be_given_up() {
    let long = format!("{REFUSED}\n{}", "x ".repeat(500_000));
    let (mut model, mut shared) = opened();
    let next = model.update(&mut shared, Msg::Paste(long.clone()));
    let [Effect::Start { job: Job::ReadCapture { from: Capture::Text(text), .. }, .. }] = &next.effects[..]
    else {
        panic!("{next:?}")
    };
    assert_eq!(text.expose(), &long);
    let next = press(&mut model, &mut shared, &[C::Back]);
    assert_eq!(next, Next::effects([Effect::Stop(Slot::Capture)]));
    assert!(model.running(&shared).is_none());
    let evidence = crate::diagnose::paste(REFUSED, &[], None);
    model.update(&mut shared, Msg::Done(Slot::Capture, Outcome::Evidence(Arc::new(evidence))));
    assert!(model.finding().is_some() && !model.editing(&shared));
}

#[test]
fn what_is_typed_as_an_address_is_no_path() {
    for text in ["https://h.example/a.har", "error=x.har", "{\"a\":\"b.har", "a\nb.har"] {
        let (mut model, mut shared) = opened();
        model.update(&mut shared, Msg::Paste(text.into()));
        assert!(model.reading.is_none() && model.looked.is_some(), "{text}");
    }
}

#[test]
fn hints_do_something() {
    let (empty, shared) = opened();
    hints_work(&empty, &shared);
    for text in [REFUSED, MANY] {
        let (mut model, mut shared) = pasted(text);
        hints_work(&model, &shared);
        press(&mut model, &mut shared, &[C::Right, C::Open]);
        hints_work(&model, &shared);
    }
    let (mut file, mut shared) = opened();
    press(&mut file, &mut shared, &[C::Diagnose]);
    assert_eq!(file.asks, Some(Asks::File));
    hints_work(&file, &shared);
    file.update(&mut shared, Msg::Paste("a.har".into()));
    file.update(&mut shared, Msg::Edit(Key::Enter));
    hints_work(&file, &shared);
    file.update(&mut shared, Msg::Done(Slot::Capture, Outcome::Failed(Trouble::new("no", "yes"))));
    hints_work(&file, &shared);
}

#[test]
fn an_escape_sequence_in_a_paste_is_drawn_as_pictures() {
    for text in ["error=a%1b%5D52;c;x%07&state=1", "\u{1b}]52;c;x\u{7}"] {
        let (model, shared) = pasted(text);
        let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
        assert!(!screen.contains('\x1b') && !screen.contains('\x07'), "{screen}");
    }
}

#[test]
fn no_size_panics() {
    for text in [MANY, SLASH, "what now"] {
        let (mut model, mut shared) = pasted(text);
        for _ in 0..4 {
            for size in [(60, 20), (61, 20), (80, 24), (200, 50)] {
                drawn(&model, &shared, Theme::new(false, false), size);
            }
            press(&mut model, &mut shared, &[C::Right, C::Open, C::Bottom]);
        }
    }
}

/// The request that was refused, and what came back; it names the client and nobody.
fn not_assigned() -> String {
    format!("{}\n{REFUSED}", SLASH.replace("callback%2F", "callback"))
}

fn answered(model: &mut Model, shared: &mut Shared, facts: AppUserFacts) {
    let mut evidence = (*model.looked.as_ref().unwrap().evidence).clone();
    for need in crate::diagnose::judge(&evidence).needs {
        let answer = match need {
            Need::AppUser { .. } => Answer::AppUser(facts.clone()),
            _ => Answer::NotAllowed,
        };
        evidence.answers.push((need, answer));
    }
    model.update(shared, Msg::Done(Slot::Capture, Outcome::Answered(Arc::new(evidence))));
}

#[test]
fn the_org_is_asked_about_a_person_who_is_named_first() {
    let (mut model, mut shared) = pasted(&not_assigned());
    picture("ask", &model, &shared, FOLDER);
    hints_work(&model, &shared);
    press(&mut model, &mut shared, &[C::Again]);
    assert_eq!(model.asks, Some(Asks::Who));
    picture("who", &model, &shared, FOLDER);
    keys(&mut model, &mut shared, &"ben@acme.example".chars().map(Key::Char).collect::<Vec<_>>());
    let next = model.update(&mut shared, Msg::Edit(Key::Enter));
    let [Effect::Start { job: Job::AnswerNeeds { who, .. }, .. }] = &next.effects[..] else {
        panic!("{next:?}")
    };
    assert_eq!(who.as_deref(), Some("ben@acme.example"));
    assert_eq!(model.running(&shared), Some(Slot::Capture));
    picture("asking", &model, &shared, FOLDER);
    hints_work(&model, &shared);
    let facts =
        AppUserFacts { login: "ben@acme.example".into(), status: "ACTIVE".into(), ..AppUserFacts::default() };
    answered(&mut model, &mut shared, facts);
    assert!(model.finding().unwrap().headline.contains("ben@acme.example was never assigned"));
    assert!(model.running(&shared).is_none());
    picture("answered", &model, &shared, FOLDER);
    hints_work(&model, &shared);
}

#[test]
fn without_a_session_nothing_is_asked_and_that_is_said() {
    let (mut model, mut shared) = pasted(&not_assigned());
    shared.session = None;
    picture("no-org", &model, &shared, FOLDER);
    assert_eq!(press(&mut model, &mut shared, &[C::Again]), Next::none());
    assert!(shared.notice.as_ref().unwrap().contains("Connect the org"));
    hints_work(&model, &shared);
}

#[test]
fn a_paste_while_the_org_is_asked_makes_its_answer_worthless() {
    let (mut model, mut shared) = pasted(&not_assigned());
    press(&mut model, &mut shared, &[C::Again]);
    model.update(&mut shared, Msg::Edit(Key::Enter));
    let next = model.update(&mut shared, Msg::Paste(SLASH.into()));
    assert_eq!(next, Next::effects([Effect::Stop(Slot::Capture)]));
    assert!(!model.asking);
}

/// The app of the fixtures, as one that exists and is open, with the client ID of the pastes.
fn opened_app(shared: &mut Shared, client: &str) {
    existing(shared);
    let app = serde_json::json!({"id": "0oa1b2c3d4e5f6g7h8i9", "label": "A", "status": "ACTIVE",
        "credentials": {"oauthClient": {"client_id": client}}});
    let work = shared.work.as_mut().unwrap();
    work.loaded = Remote::Ready(AppLoaded {
        app: serde_json::from_value(app).unwrap(),
        setup: work.draft.setup.clone(),
        users: Readable::NotAsked,
        groups: Readable::NotAsked,
    });
}

#[test]
fn a_fix_leads_to_its_place_in_the_app_that_is_open_and_to_no_other() {
    let (mut model, mut shared) = pasted(&not_assigned());
    let next = press(&mut model, &mut shared, &[C::Fix]);
    assert_eq!(next, Next::none());
    assert!(shared.notice.as_ref().unwrap().contains("Open the app with client ID 0oa1 first"));
    opened_app(&mut shared, "0oa2");
    assert_eq!(press(&mut model, &mut shared, &[C::Fix]), Next::none());
    assert!(shared.notice.as_ref().unwrap().contains("another app is open"));
    opened_app(&mut shared, "0oa1");
    assert_eq!(press(&mut model, &mut shared, &[C::Fix]), Next::go(Go::To(Route::People)));
}

#[test]
fn a_redirect_uri_is_added_to_the_draft_once() {
    let page = "<html><title>Error</title><body><p>Error Code: invalid_request</p><p>Description: The 'redirect_uri' parameter must be a Login redirect URI in the client app settings</p></body></html>";
    let har = serde_json::json!({"log": {"version": "1.2", "entries": [{
        "startedDateTime": "2026-11-23T08:00:00.000Z",
        "request": {"method": "GET", "url": SLASH},
        "response": {"status": 400, "headers": [{"name": "Content-Type", "value": "text/html"}],
            "content": {"mimeType": "text/html", "text": page}}
    }]}});
    let (mut model, mut shared) = pasted(&har.to_string());
    opened_app(&mut shared, "0oa1");
    let at = model
        .looked
        .as_ref()
        .unwrap()
        .diagnosis
        .findings
        .iter()
        .position(|f| f.fix.iter().find_map(|fix| fix.change) == Some(ChangeKind::AddRedirectUri));
    model.cursor = at.unwrap();
    let before = shared.work.as_ref().unwrap().draft.setup.redirect_uris.len();
    for _ in 0..2 {
        assert_eq!(press(&mut model, &mut shared, &[C::Fix]), Next::go(Go::To(Route::Wizard)));
        let draft = &shared.work.as_ref().unwrap().draft;
        assert_eq!((draft.step, draft.setup.redirect_uris.len()), (3, before + 1));
        assert!(draft.setup.redirect_uris.last().unwrap().uri.ends_with("/callback/"));
    }
    assert!(shared.notice.as_ref().unwrap().contains("in the draft already"));
}
