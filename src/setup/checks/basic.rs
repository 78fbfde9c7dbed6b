//! Step 1: name and logo.

use super::super::{Check, Context, Edit, Field, LogoKind, Setup, Severity};
use super::otherwise_ok;
use crate::text::{Clean, is_unsafe};
use Severity::{Fail, Info, Warn};

/// From this length on a name is warned about. Okta documents no limit for a label; it does for the name of the access policy
/// that gets the app's name: 100 characters.
const MAX_NAME: usize = 100;

pub(super) fn check(setup: &Setup, context: &Context, out: &mut Vec<Check>) {
    name(&setup.app.name, context, out);
    otherwise_ok(
        out,
        "name",
        Field::Name,
        "Okta shows this name in its Admin Console and when people sign in.",
    );
    if setup.app.logo.is_some() {
        logo(context, out);
        if context.logo.is_some() {
            otherwise_ok(out, "logo", Field::Logo, "Okta takes this file.");
        }
    }
}

fn name(name: &str, context: &Context, out: &mut Vec<Check>) {
    let check = |rule, severity, sentence: &str| Check::new(rule, Field::Name, severity, sentence);
    if name.trim().is_empty() {
        let default = Setup::default().app.name;
        out.push(
            check("name-empty", Fail, "The app integration has no name yet.")
                .fix(format!("call it {default}"), Edit::SetName(default)),
        );
        return;
    }
    let set = |to: String| Edit::SetName(to.trim().to_owned());
    let (beyond, unsafe_) = (|c: char| c as u32 > 0xFFFF, is_unsafe);
    if let Some(odd) = name.chars().find(|c| beyond(*c)) {
        let without: String = name.chars().filter(|c| !beyond(*c)).collect();
        let shown = Clean::new(&odd.to_string());
        let sentence = format!(
            "Okta stores no emoji and no other character above U+FFFF: here \"{shown}\" (U+{:X}).",
            odd as u32
        );
        let found = check("name-characters", Fail, &sentence)
            .why("Okta takes UTF-8 of at most three bytes a character.");
        out.push(if without.trim().is_empty() { found } else { found.fix("leave it out", set(without)) });
    }
    if let Some(odd) = name.chars().find(|c| unsafe_(*c)) {
        let without: String = name.chars().filter(|c| !unsafe_(*c)).collect();
        let sentence = format!("The name has a character that no screen shows: U+{:04X}.", odd as u32);
        let found = check("name-control", Fail, &sentence);
        out.push(if without.trim().is_empty() { found } else { found.fix("leave it out", set(without)) });
    }
    if name.trim() != name {
        let sentence =
            "The name begins or ends with a blank: nobody will see it, and a search by name will miss it.";
        out.push(check("name-blanks", Warn, sentence).fix("take the blanks away", set(name.to_owned())));
    }
    if name.chars().count() > MAX_NAME {
        let sentence = format!("The name is longer than {MAX_NAME} characters.");
        out.push(
            check("name-long", Warn, &sentence)
                .why("Okta documents no limit for it; the name of an access policy has this one."),
        );
    }
    if let Some(taken) =
        context.labels_taken.iter().find(|l| l.trim().to_lowercase() == name.trim().to_lowercase())
    {
        let sentence = format!(
            "Another app integration is called \"{}\": edit that one, or take another name.",
            Clean::new(taken)
        );
        let why = "Okta may refuse a second app with the same name (E0000040) or make one that \
            nobody can tell apart.";
        out.push(check("name-taken", Warn, &sentence).why(why));
    }
}

fn logo(context: &Context, out: &mut Vec<Check>) {
    let check = |rule, severity, sentence: &str| Check::new(rule, Field::Logo, severity, sentence);
    let facts = match &context.logo {
        None => {
            return out.push(check("logo-unread", Info, "The logo file is looked at before it is uploaded."));
        }
        Some(Err(problem)) => {
            return out.push(
                check("logo-type", Fail, &problem.to_string()).fix("go without a logo", Edit::RemoveLogo),
            );
        }
        Some(Ok(facts)) => facts,
    };
    let kilobytes = facts.bytes / 1_000;
    if facts.bytes >= 1_048_576 {
        let sentence = format!("The logo has {kilobytes} kB: Okta takes less than 1 MB.");
        out.push(check("logo-size", Fail, &sentence).fix("go without a logo", Edit::RemoveLogo));
    } else if facts.bytes >= 1_000_000 {
        let sentence =
            format!("The logo has {kilobytes} kB: Okta takes less than 1 MB, and does not say which.");
        out.push(check("logo-size", Warn, &sentence));
    }
    let (Some(width), Some(height), true) = (facts.width, facts.height, facts.kind != LogoKind::Svg) else {
        return;
    };
    let advice = "Okta advises 420 by 120 pixels in the console and 200 by 200 in its API reference. \
        It takes others too.";
    if !(width >= 200 && height >= 200 || width >= 420 && height >= 120) {
        let sentence = format!("The logo has {width} by {height} pixels: it will look blurred.");
        out.push(check("logo-resolution", Warn, &sentence).why(advice));
    }
    // Between square and 420:120.
    let (w, h) = (u64::from(width), u64::from(height));
    if w < h || w * 120 > h * 420 {
        let sentence = format!("The logo has {width} by {height} pixels: Okta leaves empty space around it.");
        out.push(check("logo-proportions", Warn, &sentence).why(advice));
    }
}
