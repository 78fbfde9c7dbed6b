//! `oktui test`: one run of the flow tester, every redirect and token exchange shown.

use super::args::TestArgs;
use super::commands::{Result, connect, find_app, out, pretty, server};
use super::exit::Exit;
use super::input::{self, Refusal};
use super::print;
use crate::flow::export::Format;
use crate::flow::trace::{RunVerdict, Safe, Trace, Way};
use crate::okta::model::ServerKind;
use crate::run::error::RunError;
use crate::run::job::{Outcome, TestRequest};
use crate::run::session::Session;
use crate::run::{applying, testing};
use crate::store::{self, Places};
use std::path::Path;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// `oktui test`
///
/// # Errors
/// See the exit codes.
pub async fn test(args: &TestArgs, places: Places) -> Result<Exit> {
    let session = connect(&args.org, places, true).await?;
    let password = match &args.login {
        Some(_) => Some(input::secret("OKTUI_TEST_PASSWORD", "password of the test person")?),
        None => None,
    };
    let app = find_app(&session, &args.app).await?;
    let redirects = app.redirect_uris();
    let redirect_uri = args.redirect_uri.clone().or_else(|| redirects.first().cloned()).unwrap_or_default();
    let missing = |what: &str, help: &str| RunError::Missing { what: what.into(), help: help.into() };
    let id = app.id().ok_or_else(|| missing("the app has no id", "Read it again."))?;
    let client_id = app
        .client_id()
        .ok_or_else(|| missing("the app has no client id", "Only OIDC apps can be tested."))?;
    let server = server(&session, &app, args.server.as_deref()).await?;
    let request = TestRequest {
        app: id,
        client_id,
        label: app.label(),
        server,
        authentication: app.client_authentication().unwrap_or_default(),
        secret: None,
        redirect_uri,
        scopes: args.scopes.clone(),
        way: if args.login.is_some() { Way::Terminal } else { Way::Probe },
        whole_life: false,
        login: args.login.clone().unwrap_or_default(),
        password,
        run: 1,
    };
    run_test(&session, request, args).await
}

async fn run_test(session: &Session, request: TestRequest, args: &TestArgs) -> Result<Exit> {
    let json = args.org.json;
    let (sink, mut events) = applying::channel();
    let (replies, answers) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let (interrupted, no_answer) = (stop.clone(), stop.clone());
    let watch = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    if !json {
        let server = match &request.server {
            ServerKind::Org => "the org's own server".to_owned(),
            ServerKind::Custom(id) => format!("server {id}"),
        };
        out(&format!("{} at {server}, redirect URI {}", request.label, request.redirect_uri));
    }
    let running = testing::run(session, request, &sink, answers, stop);
    tokio::pin!(running);
    let (trace, safe) = loop {
        tokio::select! {
            ended = &mut running => break ended?,
            Some(event) = events.recv() => if let Outcome::Need(need) = event.outcome {
                eprintln!("{}", need.message);
                let passcode = tokio::task::spawn_blocking(|| input::secret("OKTUI_TEST_PASSCODE", "passcode")).await;
                match (need.factors.first(), passcode) {
                    (Some((factor, _)), Ok(Ok(passcode))) => {
                        let _ = replies.send(testing::Reply { factor: factor.clone(), passcode }).await;
                    }
                    (_, Ok(Err(refusal))) => {
                        eprintln!("{}", refusal.sentence);
                        no_answer.cancel();
                    }
                    _ => no_answer.cancel(),
                }
            },
        }
    };
    watch.abort();
    save(&trace, &safe, args)?;
    if json {
        out(&pretty(&print::trace_json(&trace)));
    } else {
        for hop in &trace.hops {
            out(&print::hop(hop));
        }
        out(&print::verdict(&trace));
    }
    Ok(if matches!(trace.verdict, RunVerdict::Passed { .. }) { Exit::Ok } else { Exit::FoundWrong })
}

/// Writes the run where `--har` and `--report` say, masked. A file of that name is replaced.
fn save(trace: &Trace, safe: &Safe, args: &TestArgs) -> Result<()> {
    for (file, format) in [(&args.har, Format::Har), (&args.report, Format::Markdown)] {
        if let Some(file) = file {
            let text = testing::exported(trace, safe, format)?;
            write(file, &text)?;
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    store::write_private(file, text.as_bytes()).map_err(|e| Refusal::usage(e.to_string()))?;
    eprintln!("Saved, masked, for you only: {}", crate::text::Clean::new(&file.to_string_lossy()));
    Ok(())
}
