//! `oktui doctor`: the check-up of an app, without a sign-in and without a write.

use super::args::DoctorArgs;
use super::commands::{Result, connect, find_app, out, pretty};
use super::exit::Exit;
use crate::checkup::{Finding, Harm};
use crate::report::checkup::{WITHOUT_SECRETS, json as report};
use crate::run::checkup;
use crate::store::Places;
use crate::text::{Clean, plural};
use std::fmt::Write;

/// `oktui doctor`
///
/// # Errors
/// See the exit codes.
pub async fn doctor(args: &DoctorArgs, places: Places) -> Result<Exit> {
    let session = connect(&args.org, places, true).await?;
    let app = find_app(&session, &args.app).await?;
    let found = checkup::of_app(&session, &app, args.secrets).await?;
    if args.org.json {
        out(&pretty(&report(&app.label(), &found, args.secrets)));
    } else {
        out(&text(&app.label(), &found, args.secrets));
    }
    Ok(match found.iter().map(|f| f.harm).min() {
        Some(Harm::Everybody | Harm::Some | Harm::Exposed | Harm::Later) => Exit::FoundWrong,
        Some(Harm::NotRead) => Exit::CannotTell,
        Some(Harm::Note) | None => Exit::Ok,
    })
}

fn text(app: &Clean, found: &[Finding], secrets: bool) -> String {
    let mut text = format!("{app}: {}\n", plural(found.len(), "finding"));
    let mut harm = None;
    for finding in found {
        if harm != Some(finding.harm) {
            let _ = writeln!(text, "\n{}: {}", finding.harm.word(), finding.harm.words());
            harm = Some(finding.harm);
        }
        let _ = writeln!(text, "  {}", finding.title);
        for line in &finding.evidence {
            let _ = writeln!(text, "      saw   {line}");
        }
        for (name, said) in [("why", finding.why.as_str()), ("help", &finding.help), ("from", finding.source)]
        {
            if !said.is_empty() {
                let _ = writeln!(text, "      {name:<5} {said}");
            }
        }
    }
    if !secrets {
        let _ = writeln!(text, "\n{WITHOUT_SECRETS} --secrets does.");
    }
    text
}
