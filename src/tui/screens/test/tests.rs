use super::super::plan::fixtures::*;
use super::super::{Go, Msg, Next, Route, Screen};
use super::Model;
use super::form::SESSION_ONLY;
use crate::change::Outcome as Became;
use crate::flow::trace::{
    Check, Exchange, HoleId, Hop, Leg, Parameter, Party, Piece, Place, RunVerdict, Safe, SecretKind, Step,
    Text, Trace, Verdict, Way,
};
use crate::run::job::{Job, Need, Outcome, Slot, Trouble};
use crate::secret::{FingerprintKey, Secret};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::shared::{Remote, Shared};
use crate::tui::theme::Theme;
use proptest::prelude::*;

const CODE: &str = "cOdE-0123456789-abcdefghijklmnopqrstuvwxyz";
const TOKEN: &str = "eyJraWQiOiJhIn0.eyJzdWIiOiJhbmEifQ.c2ln";

pub(super) fn started(next: &Next) -> Vec<&Job> {
    next.effects
        .iter()
        .filter_map(|e| if let Effect::Start { job, .. } = e { Some(job) } else { None })
        .collect()
}

pub(super) fn shown(demo: bool) -> (Model, Shared) {
    let (mut model, mut shared) = (Model::default(), shared(demo));
    let end = applied(&adding().plan, vec![Became::AlreadySo, Became::AlreadySo]);
    shared.work.as_mut().unwrap().applied = Some(end);
    model.update(&mut shared, Msg::Shown);
    (model, shared)
}

fn text(before: &str, hole: Option<(SecretKind, &str)>, after: &str) -> Text {
    let mut safe = Safe::new(FingerprintKey::new(&[1; 32]));
    let mut pieces = vec![Piece::Plain(before.into())];
    if let Some((kind, value)) = hole {
        // The number in the safe is by kind here, so that different secrets have different holes.
        let mut hole = safe.lift(kind, value);
        hole.id = HoleId(if kind == SecretKind::Code { 0 } else { 1 });
        pieces.push(Piece::Hole(hole));
    }
    pieces.push(Piece::Plain(after.into()));
    Text::of(pieces)
}

fn exchange(method: &str, path: &str, status: u16, body: Text) -> Exchange {
    Exchange {
        method: method.into(),
        url: Text::plain(&format!("{URL}{path}")),
        request_headers: vec![("accept".into(), Text::plain("application/json"))],
        request_body: Text::default(),
        status: Some(status),
        response_headers: vec![
            ("content-type".into(), Text::plain("application/json")),
            ("x-okta-request-id".into(), Text::plain("a1b2")),
        ],
        response_bytes: body.masked().len(),
        response_body: body,
        trouble: None,
        sent: Vec::new(),
        received: Vec::new(),
    }
}

#[allow(clippy::too_many_arguments, reason = "one a field")]
pub(super) fn hop(
    number: usize,
    to: Party,
    step: Step,
    title: Text,
    verdict: Verdict,
    exchange: Option<Exchange>,
    at: u64,
    took: u64,
) -> Hop {
    Hop {
        number,
        to,
        step,
        title,
        verdict,
        exchange,
        checks: Vec::new(),
        why: Vec::new(),
        connection: None,
        altered: Vec::new(),
        at_ms: at,
        took_ms: took,
    }
}

fn hops(token: Verdict) -> Vec<Hop> {
    let ok = Verdict::Pass;
    let get = |path, status| Some(exchange("GET", path, status, Text::default()));
    let mut authorize = exchange("GET", "/oauth2/default/v1/authorize?client_id=0oa1", 302, Text::default());
    authorize.received.push(Parameter {
        place: Place::Location,
        name: "code".into(),
        value: text("", Some((SecretKind::Code, CODE)), ""),
        meaning: "The authorization code, good once and for a minute (RFC 6749 §4.1.2).".into(),
    });
    let (status, body) = if token == Verdict::Pass {
        (
            200,
            text(
                "{\"token_type\":\"Bearer\",\"access_token\":\"",
                Some((SecretKind::AccessToken, TOKEN)),
                "\",\"expires_in\":3600}",
            ),
        )
    } else {
        (
            401,
            Text::plain(
                r#"{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}"#,
            ),
        )
    };
    let mut hops = vec![
        hop(
            1,
            Party::Okta,
            Step::Authorize,
            Text::plain("GET  discovery"),
            ok,
            get("/.well-known/openid-configuration", 200),
            0,
            41,
        ),
        hop(
            2,
            Party::Okta,
            Step::Authorize,
            Text::plain("GET  /authorize → sign-in"),
            ok,
            get("/oauth2/default/v1/authorize", 302),
            41,
            63,
        ),
        hop(
            3,
            Party::Okta,
            Step::SignIn,
            Text::plain("POST /api/v1/authn: password"),
            ok,
            get("/api/v1/authn", 200),
            104,
            70,
        ),
        hop(
            4,
            Party::Okta,
            Step::SignIn,
            Text::plain("POST /verify: one-time code"),
            ok,
            get("/api/v1/authn/factors/x/verify", 200),
            174,
            50,
        ),
        hop(
            5,
            Party::Okta,
            Step::Callback,
            text("GET  /authorize → callback?code=", Some((SecretKind::Code, CODE)), ""),
            ok,
            Some(authorize),
            224,
            55,
        ),
        hop(
            6,
            Party::Gateway,
            Step::Callback,
            Text::plain("callback not sent: it is theirs"),
            Verdict::NotRun,
            None,
            279,
            0,
        ),
        hop(
            7,
            Party::Okta,
            Step::Token,
            Text::plain("POST /token"),
            token,
            Some(exchange("POST", "/oauth2/default/v1/token", status, body)),
            280,
            80,
        ),
        hop(
            8,
            Party::Here,
            Step::Verify,
            Text::plain("ID token, 11 checks"),
            if token == ok { ok } else { Verdict::NotRun },
            None,
            360,
            2,
        ),
    ];
    hops[7].checks = vec![Check {
        name: "nonce".into(),
        verdict: hops[7].verdict,
        expected: Some(Text::plain("n-1")),
        actual: Some(Text::plain("n-1")),
        sentence: "The nonce is the one that was sent.".into(),
        source: "OIDC Core §3.1.3.7 (11)".into(),
    }];
    if token == Verdict::Fail {
        hops[6].why = vec![
            "saw    401 invalid_client \"The client secret supplied for a confidential client is invalid.\""
                .into(),
            "why    the secret was changed after this screen read it".into(),
        ];
    }
    hops
}

fn trace(way: Way, hops: Vec<Hop>, verdict: RunVerdict) -> Trace {
    Trace {
        run: 1,
        title: "authorization code + PKCE".into(),
        way,
        login: (way == Way::Terminal).then(|| "ana@acme.example".into()),
        began: now(),
        hops,
        verdict,
        left: vec!["refresh token revoked".into(), "Okta session closed".into()],
    }
}

fn passed() -> RunVerdict {
    RunVerdict::Passed { judged_not: SESSION_ONLY.into() }
}

fn refused(step: Step, headline: &str) -> RunVerdict {
    RunVerdict::Failed {
        leg: Leg::GatewayToOkta,
        step: Some(step),
        headline: headline.into(),
        fixes: vec![
            "use the active secret and run again".into(),
            "gateway team: the form still holds the old one".into(),
        ],
    }
}

/// A run that has begun, from the demo's form.
pub(super) fn running() -> (Model, Shared) {
    let (mut model, mut shared) = shown(true);
    press(&mut model, &mut shared, Key::Enter);
    (model, shared)
}

fn ended(verdict: RunVerdict, token: Verdict) -> (Model, Shared) {
    let (mut model, mut shared) = running();
    for hop in hops(token) {
        deliver(&mut model, &mut shared, Slot::Test, Outcome::Hop(Box::new(hop)));
    }
    deliver(
        &mut model,
        &mut shared,
        Slot::Test,
        Outcome::Tested(Box::new(trace(Way::Terminal, hops(token), verdict))),
    );
    (model, shared)
}

pub(super) fn failed() -> (Model, Shared) {
    ended(refused(Step::Token, "Okta refused the client secret."), Verdict::Fail)
}

/// A run in which everything was good.
pub(super) fn green() -> (Model, Shared) {
    ended(passed(), Verdict::Pass)
}

/// What such a run leaves.
pub(super) fn trace_of(token: Verdict) -> Trace {
    trace(Way::Terminal, hops(token), passed())
}

fn need() -> Need {
    Need {
        message: "Okta asks for a second factor.".into(),
        factors: vec![("f1".into(), "Google Authenticator".into()), ("f2".into(), "Okta Verify code".into())],
        open: None,
        code: None,
        waits: false,
    }
}

fn states() -> Vec<(&'static str, Model, Shared)> {
    let mut states = Vec::new();
    let (m, s) = browsing();
    states.push(("need-browser", m, s));
    let (m, s) = on_this_machine();
    states.push(("this-machine", m.clone(), s.clone()));
    let (mut m, mut s) = (m, s);
    press(&mut m, &mut s, Key::Char('r'));
    states.push(("this-machine-question", m, s));
    let (m, s) = shown(true);
    states.push(("form-demo", m, s));
    let (m, s) = shown(false);
    states.push(("form-real-org", m, s));
    let (mut m, mut s) = shown(false);
    keys(
        &mut m,
        &mut s,
        &[Key::Home, Key::Down, Key::Enter, Key::Tab, Key::Tab, Key::Char('a'), Key::Char('n')],
    );
    states.push(("form-field-open", m, s));
    let (mut m, mut s) = (Model::default(), shared(false));
    m.update(&mut s, Msg::Shown);
    states.push(("form-no-app-yet", m, s));
    for (name, loaded) in [
        ("form-reading-the-app", Remote::Loading),
        (
            "form-app-not-read",
            Remote::Failed(Trouble::new("acme.okta.com: no answer in time.", "Check the network."), None),
        ),
    ] {
        let (mut m, mut s) = (Model::default(), shared(false));
        existing(&mut s);
        s.work.as_mut().unwrap().loaded = loaded;
        m.update(&mut s, Msg::Shown);
        states.push((name, m, s));
    }
    let (m, s) = running();
    states.push(("begins", m, s));
    let (mut m, mut s) = running();
    for hop in hops(Verdict::Pass).into_iter().take(3) {
        deliver(&mut m, &mut s, Slot::Test, Outcome::Hop(Box::new(hop)));
    }
    states.push(("runs", m.clone(), s.clone()));
    deliver(&mut m, &mut s, Slot::Test, Outcome::Need(need()));
    states.push(("need-passcode", m.clone(), s.clone()));
    press(&mut m, &mut s, Key::Esc);
    states.push(("need-passcode-closed", m, s));
    let (m, s) = ended(passed(), Verdict::Pass);
    states.push(("passed", m, s));
    let (m, s) = failed();
    states.push(("token-refused", m, s));
    let (mut m, mut s) = failed();
    press(&mut m, &mut s, Key::Char('v'));
    states.push(("sequence", m, s));
    let (mut m, mut s) = failed();
    keys(&mut m, &mut s, &[Key::Right, Key::Right]);
    states.push(("response", m.clone(), s.clone()));
    press(&mut m, &mut s, Key::Enter);
    states.push(("response-whole", m, s));
    let (mut m, mut s) = ended(passed(), Verdict::Pass);
    keys(&mut m, &mut s, &[Key::Up, Key::Up, Key::Right, Key::Right, Key::Char('s')]);
    deliver(&mut m, &mut s, Slot::Reveal, Outcome::Revealed(HoleId(1), Secret::new(TOKEN)));
    states.push(("revealed", m, s));
    let (mut m, mut s) = ended(passed(), Verdict::Pass);
    keys(&mut m, &mut s, &[Key::Up, Key::Left]);
    states.push(("checks", m, s));
    let (mut m, mut s) = ended(passed(), Verdict::Pass);
    keys(&mut m, &mut s, &[Key::Home, Key::Down, Key::Down, Key::Enter]);
    states.push(("unfolded", m, s));
    let (mut m, mut s) = ended(RunVerdict::Stopped, Verdict::Pass);
    press(&mut m, &mut s, Key::Home);
    states.push(("stopped", m, s));
    let (mut m, mut s) = running();
    deliver(
        &mut m,
        &mut s,
        Slot::Test,
        Outcome::Failed(Trouble::new(
            "\"Cequence AI Gateway\" has no active client secret that this token may read.",
            "Run the probe, which needs none.",
        )),
    );
    states.push(("could-not-begin", m, s));
    let (mut m, mut s) = shown(false);
    press(&mut m, &mut s, Key::Enter);
    let probe = vec![
        hops(Verdict::Pass).remove(0),
        hop(
            2,
            Party::Okta,
            Step::Authorize,
            Text::plain("GET  /authorize, prompt=none → login_required"),
            Verdict::Pass,
            Some(exchange("GET", "/oauth2/default/v1/authorize", 302, Text::default())),
            41,
            50,
        ),
        hop(
            3,
            Party::Okta,
            Step::Authorize,
            Text::plain("GET  /authorize, one character off → 400"),
            Verdict::Pass,
            Some(exchange("GET", "/oauth2/default/v1/authorize", 400, Text::plain("<html>"))),
            91,
            30,
        ),
        hop(
            4,
            Party::Okta,
            Step::Token,
            Text::plain("POST /token, made-up code → invalid_grant"),
            Verdict::Pass,
            Some(exchange(
                "POST",
                "/oauth2/default/v1/token",
                400,
                Text::plain("{\"error\":\"invalid_grant\"}"),
            )),
            121,
            60,
        ),
    ];
    let judged_not = "Nobody signed in: assignments and sign-in policies are not judged.".to_owned();
    deliver(
        &mut m,
        &mut s,
        Slot::Test,
        Outcome::Tested(Box::new(trace(Way::Probe, probe, RunVerdict::Passed { judged_not }))),
    );
    states.push(("probe", m, s));
    states
}

#[test]
fn pictures_of_every_state() {
    for (name, model, shared) in states() {
        picture(name, &model, &shared, "../test/snapshots");
    }
}

#[test]
fn every_hint_does_something() {
    for (_, model, shared) in states() {
        hints_work(&model, &shared);
    }
}

#[test]
fn in_the_demo_enter_is_enough() {
    let (mut model, mut shared) = shown(true);
    let next = press(&mut model, &mut shared, Key::Enter);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.way, request.login.as_str()), (Way::Terminal, "ana@acme.example"));
    assert_eq!(request.password, Some(Secret::new("Oktui-demo-1")));
    assert_eq!(request.redirect_uri, crate::setup::GATEWAY_CALLBACK);
    assert!(request.secret.is_some());
    assert_eq!(model.running(&shared), Some(Slot::Test));
}

#[test]
fn on_a_real_org_the_probe_is_offered_first_and_needs_nobody() {
    let (mut model, mut shared) = shown(false);
    let next = press(&mut model, &mut shared, Key::Enter);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.way, request.login.as_str(), &request.password), (Way::Probe, "", &None));
}

#[test]
fn a_sign_in_without_a_login_goes_to_that_field() {
    let (mut model, mut shared) = shown(false);
    let next = keys(&mut model, &mut shared, &[Key::Home, Key::Down, Key::Down, Key::Enter, Key::Char('r')]);
    assert_eq!(next, Next::none());
    assert!(model.editing() && shared.notice.is_some());
    let mut pressed: Vec<Key> = "ana@x".chars().map(Key::Char).collect();
    pressed.push(Key::Enter);
    pressed.extend("pw".chars().map(Key::Char));
    pressed.push(Key::Enter);
    pressed.push(Key::Enter);
    let next = keys(&mut model, &mut shared, &pressed);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.login.as_str(), &request.password), ("ana@x", &Some(Secret::new("pw"))));
}

#[test]
fn another_person_and_another_redirect_uri_are_chosen_with_arrows() {
    let (mut model, mut shared) = shown(true);
    let mut pressed = vec![Key::Home];
    pressed.extend(vec![Key::Down; super::form::ways(true).len()]);
    pressed.extend([Key::Right, Key::Down, Key::Right, Key::Down, Key::Right]);
    pressed.extend([Key::Down, Key::Down, Key::Down]);
    pressed.extend([Key::Enter, Key::Enter]);
    let next = keys(&mut model, &mut shared, &pressed);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(request.login, "cho@acme.example");
    assert!(request.redirect_uri.contains("stg"));
    assert!(request.whole_life, "Right on the row of the tokens asks for their whole life");
    assert_eq!(request.stepping, Some(1), "and Right on the row of the requests, to stop before each");
}

/// A run by browser with the redirect URI of this machine chosen.
fn on_this_machine() -> (Model, Shared) {
    let (mut model, mut shared) = shown(true);
    let mut pressed = vec![Key::Home, Key::Down, Key::Enter];
    pressed.extend(vec![Key::Down; super::form::ways(true).len() - 1]);
    pressed.push(Key::Left);
    keys(&mut model, &mut shared, &pressed);
    (model, shared)
}

#[test]
fn a_redirect_uri_of_this_machine_is_written_after_a_yes_for_one_run() {
    let (mut model, mut shared) = on_this_machine();
    for no in [Key::Enter, Key::Esc, Key::Char('x')] {
        assert_eq!(started(&press(&mut model, &mut shared, Key::Char('r'))), Vec::<&Job>::new());
        assert!(model.question.is_some());
        assert_eq!(started(&press(&mut model, &mut shared, no)), Vec::<&Job>::new(), "{no:?}");
        model.question = None;
    }
    let next = keys(&mut model, &mut shared, &[Key::Char('r'), Key::Char('y')]);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(request.temporary, Some(8_765));
    assert_eq!(request.redirect_uri, "http://127.0.0.1:8765/callback");
    let end = trace(Way::Browser, hops(Verdict::Pass), passed());
    deliver(&mut model, &mut shared, Slot::Test, Outcome::Tested(Box::new(end)));
    assert!(shared.notice.as_ref().is_some_and(|n| n.contains("taken back")), "{:?}", shared.notice);
    press(&mut model, &mut shared, Key::Char('r'));
    assert!(model.question.is_some(), "a yes is for one run");
}

#[test]
fn nothing_of_this_machine_is_offered_to_other_ways_or_written_where_it_must_not_be() {
    let (mut model, mut shared) = on_this_machine();
    let next = keys(&mut model, &mut shared, &[Key::Home, Key::Enter, Key::Char('r')]);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.way, request.temporary), (Way::Terminal, None));
    assert!(request.redirect_uri.starts_with("https://"), "{}", request.redirect_uri);
    for prod in [true, false] {
        let (mut model, mut shared) = on_this_machine();
        let session = shared.session.as_mut().unwrap();
        (session.prod, session.read_only) = (prod, !prod);
        let next = press(&mut model, &mut shared, Key::Char('r'));
        assert_eq!((started(&next).len(), model.question.is_none()), (0, true));
        assert!(shared.notice.is_some());
    }
}

#[test]
fn a_passcode_goes_to_the_run_with_its_factor() {
    let (mut model, mut shared) = running();
    deliver(&mut model, &mut shared, Slot::Test, Outcome::Need(need()));
    let next = keys(&mut model, &mut shared, &[Key::Down, Key::Char('1'), Key::Char('2'), Key::Enter]);
    let job = Job::AnswerNeed { factor: "f2".into(), passcode: Secret::new("12") };
    assert_eq!(next.effects, [Effect::Answer { slot: Slot::Test, job }]);
    assert!(!model.editing());
}

#[test]
fn a_failure_is_under_the_cursor_with_what_helps() {
    let (model, shared) = failed();
    let screen = drawn(&model, &shared, Theme::new(false, false), (80, 24));
    for said in [
        "FAILED  Leg 2 (gateway → Okta), step token: Okta refused the client secret.",
        "Fix: use the active secret",
        "▸  FAIL  7",
    ] {
        assert!(screen.contains(said), "{said} in\n{screen}");
    }
}

#[test]
fn a_pass_says_what_was_not_judged() {
    for verdict in [passed(), RunVerdict::Passed { judged_not: String::new() }] {
        let (model, shared) = ended(verdict, Verdict::Pass);
        let screen = drawn(&model, &shared, Theme::new(false, false), (120, 40));
        assert!(screen.contains("as far as this way can judge: On Identity Engine"), "{screen}");
    }
}

#[test]
fn a_refused_password_is_not_sent_again_by_one_key() {
    let (mut model, mut shared) = ended(refused(Step::SignIn, "Okta refused the password."), Verdict::Pass);
    let next = press(&mut model, &mut shared, Key::Char('r'));
    assert_eq!(started(&next), [] as [&Job; 0]);
    assert!(model.editing(), "the password's field is open");
    let (mut model, mut shared) = failed();
    let next = press(&mut model, &mut shared, Key::Char('r'));
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(request.run, 2);
}

#[test]
fn secrets_stay_masked_until_asked_for_and_for_20_seconds() {
    let theme = Theme::new(false, false);
    let (mut model, mut shared) = ended(passed(), Verdict::Pass);
    let next = keys(&mut model, &mut shared, &[Key::Up, Key::Up, Key::Right, Key::Right, Key::Char('s')]);
    assert_eq!(started(&next), [&Job::Reveal(HoleId(1))]);
    assert!(!drawn(&model, &shared, theme, (120, 40)).contains(TOKEN));
    let next =
        deliver(&mut model, &mut shared, Slot::Reveal, Outcome::Revealed(HoleId(1), Secret::new(TOKEN)));
    assert_eq!(next.effects, [Effect::Wake(20_000)]);
    for size in [(80, 24), (120, 40)] {
        assert!(drawn(&model, &shared, theme, size).contains(TOKEN), "it is in sight at {size:?}");
    }
    shared.now = "2026-11-22T19:04:25Z".parse().unwrap();
    model.update(&mut shared, Msg::Tick);
    assert!(!drawn(&model, &shared, theme, (120, 40)).contains(TOKEN));
    assert_eq!(model.run.unwrap().revealed, None);
}

#[test]
fn a_run_is_compared_with_the_ones_before() {
    let (mut model, mut shared) = failed();
    press(&mut model, &mut shared, Key::Char('c'));
    assert!(shared.notice.take().is_some_and(|n| n.contains("no other run")));
    press(&mut model, &mut shared, Key::Char('r'));
    // The password that was refused is typed again; here it is there.
    let passed = trace(Way::Terminal, hops(Verdict::Pass), RunVerdict::Passed { judged_not: String::new() });
    model.update(&mut shared, Msg::Done(Slot::Test, Outcome::Tested(Box::new(Trace { run: 2, ..passed }))));
    press(&mut model, &mut shared, Key::Char('c'));
    let screen = drawn(&model, &shared, Theme::new(false, true), (80, 24));
    assert!(
        screen.contains("from run 1:") && screen.contains("The run passed; before it failed"),
        "{screen}"
    );
    press(&mut model, &mut shared, Key::Esc);
    let screen = drawn(&model, &shared, Theme::new(false, true), (80, 24));
    assert!(!screen.contains("from run 1:"), "{screen}");
}

/// A run that waits for what a browser ends at.
fn browsing() -> (Model, Shared) {
    let (mut model, mut shared) = shown(true);
    let pressed = [Key::Home, Key::Down, Key::Enter, Key::Char('r')];
    let next = keys(&mut model, &mut shared, &pressed);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!((request.way, &request.password), (Way::Browser, &None), "no password is asked for");
    let need = Need {
        message:
            "Open this address in a browser and sign in. Then paste the address that the browser ends at."
                .into(),
        factors: Vec::new(),
        open: Some(Secret::new(URL)),
        code: None,
        waits: false,
    };
    model.update(&mut shared, Msg::Done(Slot::Test, Outcome::Need(need)));
    (model, shared)
}

const URL: &str = "https://acme.okta.com/oauth2/default/v1/authorize?response_type=code&client_id=0oa1b2c3d4e5f6g7h8i9&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback&scope=openid&state=s&nonce=n&code_challenge=c&code_challenge_method=S256";

#[test]
fn the_address_for_the_browser_is_handed_over_clean_and_the_answer_pasted() {
    let (mut model, mut shared) = browsing();
    assert!(!model.editing(), "keys are commands until the answer is typed");
    let bare = press(&mut model, &mut shared, Key::Char('v'));
    assert_eq!(bare.effects, [Effect::Bare(vec![Secret::new(URL)])]);
    let copied = press(&mut model, &mut shared, Key::Char('y'));
    assert_eq!(copied.effects, [Effect::Copy(Secret::new(URL))]);
    model.update(&mut shared, Msg::Paste("https://g/cb?code=c&state=s".into()));
    assert!(model.editing());
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    let job = Job::AnswerNeed { factor: String::new(), passcode: Secret::new("https://g/cb?code=c&state=s") };
    assert_eq!(next.effects, [Effect::Answer { slot: Slot::Test, job }]);
}

#[test]
fn a_run_is_saved_by_the_runner_which_has_its_secrets_to_search_for() {
    let (mut model, mut shared) = failed();
    let next = press(&mut model, &mut shared, Key::Char('e'));
    let [Job::SaveRun(trace)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(trace.hops.len(), 8);
}

#[test]
fn a_file_that_is_not_masked_is_typed_for() {
    let (mut model, mut shared) = failed();
    press(&mut model, &mut shared, Key::Char('e'));
    deliver(&mut model, &mut shared, Slot::Save, Outcome::Saved("/here/run.har".into()));
    assert!(shared.notice.as_ref().unwrap().contains("e again"));
    assert!(started(&press(&mut model, &mut shared, Key::Char('e'))).is_empty());
    picture("unmasked-typed", &model, &shared, "../test/snapshots");
    let no = keys(&mut model, &mut shared, &[Key::Char('y'), Key::Enter]);
    assert!(no.effects.is_empty() && model.editing());
    assert!(drawn(&model, &shared, Theme::new(false, false), (80, 24)).contains("Nothing was written"));
    press(&mut model, &mut shared, Key::Esc);
    assert!(!model.editing());
    press(&mut model, &mut shared, Key::Char('e'));
    model.update(&mut shared, Msg::Paste("unmasked".into()));
    let next = keys(&mut model, &mut shared, &[Key::Enter]);
    assert!(matches!(started(&next)[..], [Job::SaveUnmasked(_)]), "{next:?}");
    deliver(&mut model, &mut shared, Slot::Save, Outcome::Saved("/here/run-unmasked.har".into()));
    assert!(shared.notice.as_ref().unwrap().contains("WITH ITS SECRETS"));
}

#[test]
fn stopping_goes_to_the_runner() {
    let (mut model, mut shared) = running();
    assert_eq!(press(&mut model, &mut shared, Key::Ctrl('c')).effects, [Effect::Stop(Slot::Test)]);
}

#[test]
fn sign_in_hops_fold() {
    let (mut model, mut shared) = ended(passed(), Verdict::Pass);
    let before = model.run.as_ref().unwrap().rows().len();
    keys(&mut model, &mut shared, &[Key::Home, Key::Down, Key::Down, Key::Enter]);
    assert_eq!(model.run.as_ref().unwrap().rows().len(), before + 2);
}

#[test]
fn without_an_app_enter_leads_to_the_plan() {
    let (mut model, mut shared) = (Model::default(), shared(false));
    model.update(&mut shared, Msg::Shown);
    assert_eq!(press(&mut model, &mut shared, Key::Enter), Next::go(Go::Instead(Route::Plan)));
}

#[test]
fn the_secret_that_the_hand_over_read_goes_along() {
    let (mut model, mut shared) = (Model::default(), shared(false));
    existing(&mut shared);
    let mut made = adding();
    made.plan.hand_over = hand_over(true);
    shared.work.as_mut().unwrap().plan = Remote::Ready(made);
    let secret = crate::okta::model::ClientSecret {
        id: "ocs1".parse().unwrap(),
        value: Some(Secret::new("the secret")),
        hash: None,
        active: true,
        created: None,
    };
    deliver(
        &mut model,
        &mut shared,
        Slot::Secrets,
        Outcome::Secrets(crate::okta::model::Readable::Known(vec![secret])),
    );
    model.update(&mut shared, Msg::Shown);
    let next = press(&mut model, &mut shared, Key::Enter);
    let [Job::Test(request)] = started(&next)[..] else { panic!("{next:?}") };
    assert_eq!(request.secret, Some(Secret::new("the secret")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_size_makes_it_panic(w in 1u16..200, h in 1u16..60, ascii in any::<bool>()) {
        for (_, model, shared) in states() {
            drawn(&model, &shared, Theme::new(true, ascii), (w, h));
        }
    }
}
