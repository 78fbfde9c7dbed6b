use super::*;
use crate::flow::trace::Way;
use crate::secret::FingerprintKey;
use crate::wire::scripted::{Reply as Scripts, Scripted};

fn recorder() -> (Recorder, mpsc::Receiver<Event>) {
    let epoch = Instant::now();
    let client = wire::Client::since(wire::Options::default(), epoch).unwrap();
    let trace = Trace {
        run: 1,
        title: "test".into(),
        way: Way::Probe,
        login: None,
        began: Timestamp::UNIX_EPOCH,
        hops: Vec::new(),
        verdict: RunVerdict::Running,
        left: Vec::new(),
    };
    let (events, received) = mpsc::channel(64);
    (Recorder::new(client, trace, Safe::new(FingerprintKey::new(&[9; 32])), epoch, events), received)
}

fn never() -> CancellationToken {
    CancellationToken::new()
}

#[tokio::test]
async fn cookies_are_kept_sent_back_and_shown() {
    let server =
        Scripted::start(|_, _| Scripts::json(200, "{}").header("Set-Cookie", "sid=COOKIE-VALUE; Path=/"))
            .await;
    let (mut recorder, _events) = recorder();
    let url = server.url("/a");
    for request in [Outgoing::browse(&url), Outgoing::browse(&url), Outgoing::get(&url)] {
        recorder.send(Step::Authorize, "GET", &request, &never()).await.unwrap();
    }
    let sent: Vec<Option<String>> =
        server.seen().iter().map(|s| s.header("cookie").map(str::to_owned)).collect();
    assert_eq!(sent, [None, Some("sid=COOKIE-VALUE".into()), None]);
    let second = recorder.trace().hops[1].exchange.as_ref().unwrap();
    let cookie = second.request_headers.iter().find(|(name, _)| name.as_str() == "cookie").unwrap();
    assert!(cookie.1.masked().starts_with("sid=«session, 12 characters"));
    assert!(!serde_json::to_string(recorder.trace()).unwrap().contains("COOKIE-VALUE"));
}

#[tokio::test]
async fn a_secret_told_later_is_taken_out_of_earlier_hops() {
    let server = Scripted::start(|number, _| match number {
        0 => Scripts::json(200, r#"{"hint":"TOLD-BEFORE-ITS-NAME"}"#),
        _ => Scripts::json(200, r#"{"sessionToken":"TOLD-BEFORE-ITS-NAME"}"#),
    })
    .await;
    let (mut recorder, mut events) = recorder();
    for _ in 0..2 {
        recorder.send(Step::SignIn, "GET", &Outgoing::get(server.url("/")), &never()).await.unwrap();
        recorder.judge(Judgement::default()).await;
    }
    let (trace, safe) = recorder.end(RunVerdict::Stopped).await;
    assert!(!serde_json::to_string(&trace).unwrap().contains("TOLD-BEFORE-ITS-NAME"));
    assert_eq!(safe.len(), 1);
    let mut shown = None;
    while let Ok(event) = events.try_recv() {
        if let Event::Hop(hop) = event
            && hop.number == 1
        {
            shown = Some(hop);
        }
    }
    assert_eq!(shown.as_ref(), trace.hops.first(), "a screen is told of the earlier hop as well");
}

#[tokio::test]
async fn a_broken_connection_is_a_hop_with_its_trouble() {
    let server = Scripted::start(|_, _| Scripts::Reset).await;
    let (mut recorder, mut events) = recorder();
    let answer = recorder.send(Step::Token, "POST", &Outgoing::get(server.url("/")), &never()).await;
    assert!(answer.is_err_and(|why| why.maybe_sent));
    let exchange = recorder.trace().hops[0].exchange.as_ref().unwrap();
    assert!(exchange.status.is_none() && exchange.trouble.is_some());
    // Told twice: when it set out, and when it was known to be lost.
    assert!(
        matches!(events.recv().await, Some(Event::Hop(hop)) if hop.exchange.as_ref().unwrap().trouble.is_none())
    );
    assert!(
        matches!(events.recv().await, Some(Event::Hop(hop)) if hop.exchange.as_ref().unwrap().trouble.is_some())
    );
}

#[tokio::test]
async fn stopping_ends_the_waiting() {
    let server = Scripted::start(|_, _| Scripts::Silence).await;
    let (mut recorder, _events) = recorder();
    let stop = CancellationToken::new();
    let request = Outgoing::get(server.url("/"));
    let (answer, ()) = tokio::join!(recorder.send(Step::Token, "POST", &request, &stop), async {
        while server.seen().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    });
    assert!(answer.is_err_and(|why| why.sentence.contains("stopped") && why.maybe_sent));
}

#[tokio::test]
async fn a_value_that_no_header_can_hold_is_not_sent() {
    let server = Scripted::start(|_, _| Scripts::json(200, "{}")).await;
    let (mut recorder, _events) = recorder();
    let request = Outgoing::get(server.url("/")).bearer(&Secret::new("two\r\nlines"));
    let answer = recorder.send(Step::Use, "GET", &request, &never()).await;
    assert!(answer.is_err_and(|why| !why.maybe_sent && !why.sentence.contains("lines")));
    assert!(server.seen().is_empty());
}
