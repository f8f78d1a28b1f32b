//! How long the next ban will be: fail2ban's arithmetic of increments (`server/jail.py`, `server/observer.py`, the same from 0.11 to 1.1).
use domain::JailSettings;

/// What fail2ban computes with when no formula is set; the one that its own configuration proposes.
const USUAL_FORMULA: &str = "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor";
/// Where the usual formula stops doubling.
const MAX_DOUBLINGS: u64 = 20;

/// How the bans of a subject grow in a jail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Growth {
    /// Bans so far, that count for the next one.
    pub(crate) bans: u64,
    /// Whether bans of returning subjects grow.
    pub(crate) increments: bool,
    /// The length of a first ban, in seconds; negative for ever.
    pub(crate) base: Option<i64>,
    /// The length of the next ban in seconds, without what chance adds; negative for ever. `None` where only fail2ban can tell.
    pub(crate) next: Option<i64>,
    /// The longest ban, in seconds.
    pub(crate) max: Option<i64>,
    /// The most seconds that chance adds.
    pub(crate) random: Option<i64>,
    /// The formula in use, where multipliers are not.
    pub(crate) formula: Option<String>,
    /// Multipliers by bans so far; the last one goes on.
    pub(crate) multipliers: Option<String>,
    /// The factor.
    pub(crate) factor: Option<String>,
}

/// What the settings of a jail make of so many bans.
pub(crate) fn growth(settings: &JailSettings, bans: u64) -> Growth {
    let increments = settings.bantime_increment == Some(true);
    let multipliers = set(settings.bantime_multipliers.as_ref());
    let formula = multipliers.is_none().then(|| {
        set(settings.bantime_formula.as_ref()).unwrap_or_else(|| USUAL_FORMULA.to_owned())
    });
    Growth {
        bans,
        increments,
        base: settings.bantime,
        next: settings.bantime.and_then(|base| next(settings, base, bans)),
        max: settings.bantime_max_seconds.filter(|_| increments),
        random: settings.bantime_random_seconds.filter(|_| increments),
        formula: formula.filter(|_| increments),
        multipliers: multipliers.filter(|_| increments),
        factor: set(settings.bantime_factor.as_ref()).filter(|_| increments),
    }
}

fn set(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

fn next(settings: &JailSettings, base: i64, bans: u64) -> Option<i64> {
    if settings.bantime_increment != Some(true) || base <= 0 || bans == 0 {
        return Some(base);
    }
    // The factor is an expression of Python; only numbers are understood here.
    let factor = match set(settings.bantime_factor.as_ref()) {
        None => 1.0,
        Some(text) => text.trim().parse().ok()?,
    };
    let grown = match set(settings.bantime_multipliers.as_ref()) {
        Some(list) => seconds(base) * factor * multiplier(&list, bans)?,
        None => by_formula(settings.bantime_formula.as_deref(), base, bans)? * factor,
    };
    let multiplied = settings
        .bantime_multipliers
        .as_deref()
        .is_some_and(|list| !list.trim().is_empty());
    // A formula never makes a ban shorter; multipliers may.
    let grown = if multiplied {
        grown
    } else {
        grown.max(seconds(base))
    };
    let limited = settings
        .bantime_max_seconds
        .map_or(grown, |max| grown.min(seconds(max)));
    whole(limited)
}

fn by_formula(formula: Option<&str>, base: i64, bans: u64) -> Option<f64> {
    let is_usual = formula.is_none_or(|formula| {
        formula.trim().is_empty() || without_spaces(formula) == without_spaces(USUAL_FORMULA)
    });
    let doubled = u32::try_from(bans.min(MAX_DOUBLINGS)).ok()?;
    is_usual.then(|| seconds(base) * f64::from(1_u32 << doubled))
}

/// The multiplier after so many bans; the first one stands for none.
fn multiplier(list: &str, bans: u64) -> Option<f64> {
    let numbers: Option<Vec<i32>> = list.split_whitespace().map(|n| n.parse().ok()).collect();
    let numbers = numbers?;
    let at = usize::try_from(bans).ok();
    let number = at.and_then(|at| numbers.get(at)).or(numbers.last())?;
    Some(f64::from(*number))
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of bans are far below 2^52"
)]
const fn seconds(seconds: i64) -> f64 {
    seconds as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast saturates, and what is no number is sorted out before"
)]
fn whole(seconds: f64) -> Option<i64> {
    seconds.is_finite().then_some(seconds as i64)
}

#[cfg(test)]
mod tests;
