//! Step mode: the run stops before each request, and an altered one is an experiment.

use super::org::{Org, Run, random};
use oktui::flow::trace::{RunVerdict, Verdict};
use oktui::flow::{self, Alteration, Answer, Event, Pause, Spec};
use oktui::secret::{FingerprintKey, Secret};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A run in step mode. `answer` is asked at each stop; the demo's own count of what reached it is given as well.
async fn run(org: &Org, answer: impl AsyncFnMut(&Pause, usize) -> Answer) -> Run {
    run_of(org, org.spec(), answer).await
}

async fn run_of(org: &Org, spec: Spec, mut answer: impl AsyncFnMut(&Pause, usize) -> Answer) -> Run {
    org.call("POST", "/__demo/clock", Some(json!({"advance_seconds": 1}))).await;
    let spec = Spec { stepping: spec.stepping.or(Some(1)), ..spec };
    let password = spec.login.as_deref().map(|login| org.password(login));
    let (events, mut received) = mpsc::channel(64);
    let (answers, from_person) = mpsc::channel(1);
    let (now, key, stop) = (jiff::Timestamp::now(), FingerprintKey::new(&[5; 32]), CancellationToken::new());
    let before = reached(org).await;
    let running = flow::run(spec, password, random(), now, key, events, from_person, stop);
    let listening = async {
        let mut all = Vec::new();
        while let Some(event) = received.recv().await {
            if let Event::Paused(pause) = &event {
                let count = reached(org).await - before;
                answers.send(answer(pause, count).await).await.unwrap();
            }
            all.push(event);
        }
        all
    };
    let ((trace, safe), events) = tokio::join!(running, listening);
    Run { trace, safe, events }
}

/// How many requests of a flow the org has had.
async fn reached(org: &Org) -> usize {
    let calls = org.call("GET", "/__demo/oauth", None).await;
    calls.as_array().unwrap().len()
}

fn place(pause: &Pause, name: &str) -> Option<usize> {
    pause.parameters.iter().position(|p| p.name.as_str() == name)
}

fn pauses(run: &Run) -> Vec<&Pause> {
    run.events.iter().filter_map(|e| if let Event::Paused(pause) = e { Some(pause) } else { None }).collect()
}

#[tokio::test]
async fn nothing_is_sent_before_the_word_and_the_run_is_the_same_as_without_stops() {
    let org = Org::start().await;
    let plain = org.run(org.spec()).await;
    let mut counts = Vec::new();
    let stepped = run(&org, async |_, reached| {
        counts.push(reached);
        Answer::Send
    })
    .await;
    let titles = |run: &Run| run.trace.hops.iter().map(|hop| hop.title.masked()).collect::<Vec<_>>();
    assert_eq!(titles(&stepped), titles(&plain));
    assert_eq!(stepped.passed(), plain.passed());
    // While the person looks none is on its way. The demo counts the calls of OAuth: discovery and the password are none of these.
    assert_eq!(counts, (0..counts.len()).map(|n| n.saturating_sub(2)).collect::<Vec<_>>());
    assert!(counts.len() >= 6, "{counts:?}");
    let token = pauses(&stepped).into_iter().find(|p| p.request.masked().contains("/v1/token")).unwrap();
    assert!(place(token, "code_verifier").is_some() && !token.parameters[0].meaning.is_empty());
    let shown = format!("{:?}", stepped.events);
    for (kind, secret) in stepped.safe.values().filter(|(_, secret)| secret.chars() >= 6) {
        assert!(!shown.contains(secret.expose()), "a {} is shown at a stop", kind.words());
    }
}

#[tokio::test]
async fn an_altered_request_is_marked_and_its_end_is_an_experiment() {
    let org = Org::start().await;
    let run = run(&org, async |pause, _| match place(pause, "code_verifier") {
        Some(at) if pause.altered.is_empty() => {
            let other = Secret::new("another-verifier-of-forty-three-characters-x");
            Answer::Alter(Alteration::Set(at, other))
        }
        _ => Answer::Send,
    })
    .await;
    let RunVerdict::Failed { headline, fixes, .. } = &run.trace.verdict else { panic!("{}", run.table()) };
    assert!(
        headline.starts_with("an experiment (hop ") && headline.contains("code_verifier changed"),
        "{headline}"
    );
    assert_eq!(fixes, &["Run it without altering anything: only that judges the app."]);
    let altered: Vec<_> = run.trace.hops.iter().filter(|hop| !hop.altered.is_empty()).collect();
    let [token] = &altered[..] else { panic!("{altered:?}") };
    assert_eq!(
        (token.verdict, &token.altered[..]),
        (Verdict::Fail, &["code_verifier changed".to_owned()][..])
    );
    assert!(token.exchange.as_ref().unwrap().response_body.masked().contains("invalid_grant"));
    run.holds_no_secret();
}

#[tokio::test]
async fn a_parameter_is_taken_out_put_in_and_put_back() {
    let org = Org::start().await;
    let mut seen = Vec::new();
    let run = run(&org, async |pause, _| {
        if !pause.request.masked().contains("/authorize?") {
            return Answer::Send;
        }
        seen.push(pause.altered.clone());
        match seen.len() {
            1 => Answer::Alter(Alteration::Remove(place(pause, "nonce").unwrap())),
            2 => Answer::Alter(Alteration::Undo),
            3 => Answer::Alter(Alteration::Add("login_hint".into(), Secret::new("ana"))),
            _ => {
                let hint = &pause.parameters[place(pause, "login_hint").unwrap()];
                assert_eq!(hint.value.masked(), "ana");
                assert!(place(pause, "nonce").is_some());
                Answer::RunOn
            }
        }
    })
    .await;
    assert_eq!(seen, [vec![], vec!["nonce removed".to_owned()], vec![], vec!["login_hint added".to_owned()]]);
    assert!(run.passed().starts_with("an experiment (hop "), "{}", run.passed());
    assert!(run.passed().contains("login_hint added"));
    assert_eq!(pauses(&run).last().unwrap().altered, ["login_hint added"], "it ran on without another stop");
    assert!(run.trace.hops.len() > pauses(&run).last().unwrap().hop);
}

#[tokio::test]
async fn a_run_that_is_stopped_before_the_token_request_still_cleans_up() {
    let org = Org::start().await;
    let run = run(&org, async |pause, _| match pause.request.masked().contains("/v1/token") {
        true => Answer::Stop,
        false => Answer::Send,
    })
    .await;
    assert_eq!(run.trace.verdict, RunVerdict::Stopped);
    assert!(!run.trace.hops.iter().any(|hop| hop.title.masked().contains("POST /token")), "{}", run.table());
    let left = run.trace.left.join(" ");
    assert!(left.contains("session") && left.contains("closed"), "{left}");
    assert!(pauses(&run).last().unwrap().request.masked().contains("/v1/token"), "a clean-up is not stopped");
}

#[tokio::test]
async fn a_run_goes_without_a_stop_to_the_hop_that_is_asked_for() {
    let org = Org::start().await;
    let plain = org.run(org.spec()).await;
    let token = plain.hop("POST /token").number;
    let mut seen = Vec::new();
    let run = run_of(&org, Spec { stepping: Some(token), ..org.spec() }, async |pause, _| {
        seen.push(pause.hop);
        Answer::RunOn
    })
    .await;
    assert_eq!(seen, [token]);
    assert_eq!(run.passed(), plain.passed());
}
