//! `oktui why`: the questions that decide whether a person can sign in, answered from what the org tells, without a sign-in.

use super::args::WhyArgs;
use super::commands::{Result, connect, find_app, out, pretty, server};
use super::exit::Exit;
use crate::policy::why::{Remedy, Why};
use crate::run::details;
use crate::store::Places;
use serde_json::{Value, json};

/// `oktui why`
///
/// # Errors
/// See the exit codes.
pub async fn why(args: &WhyArgs, places: Places) -> Result<Exit> {
    let session = connect(&args.org, places, true).await?;
    let app = find_app(&session, &args.app).await?;
    let person = details::find_person(&session, &args.person).await?;
    let server = server(&session, &app, args.server.as_deref()).await?;
    let (label, login) = (app.label(), person.login.clone());
    let why = details::why(&session, &app, person, server, args.scopes.clone()).await?;
    if args.org.json {
        out(&pretty(&document(&why, label.as_str(), login.as_str())));
    } else {
        out(&text(&why, label.as_str(), login.as_str()));
    }
    Ok(match why.can_sign_in() {
        Some(true) => Exit::Ok,
        Some(false) => Exit::FoundWrong,
        None => Exit::CannotTell,
    })
}

fn document(why: &Why, app: &str, person: &str) -> Value {
    let lines: Vec<Value> = why
        .lines
        .iter()
        .map(|l| {
            let remedy = l.remedy.as_ref().map(Remedy::sentence);
            json!({"question": l.question.as_str(), "verdict": l.verdict.as_str(), "saw": l.saw, "remedy": remedy})
        })
        .collect();
    json!({"app": app, "person": person, "can_sign_in": why.can_sign_in(), "lines": lines})
}

fn text(why: &Why, app: &str, person: &str) -> String {
    let mut text = String::new();
    for l in &why.lines {
        text += &format!("{:<14} {:<12} {}\n", l.question.words(), l.verdict.words(), l.saw);
        if let Some(remedy) = &l.remedy {
            text += &format!("{:<27} → {}\n", "", remedy.sentence());
        }
    }
    text + &why.sentence(person, app)
}
