//! The sandbox's own clock: what time the account believes it is.
//!
//! Everything that depends on time (windows, quotas, expiry, timestamps, the `Date` header) asks this
//! clock. It follows the machine's until it is stopped, and can be moved by hand either way. What the service
//! does later by itself is done when this clock says so. It does not drive other delays of faults: those act
//! on the socket and take real time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A handle on the time of one sandbox. Clones show the same time.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use benchmark_email_sandbox::Sandbox;
/// use std::time::Duration;
///
/// let sandbox = Sandbox::start().await?;
/// let clock = sandbox.clock();
/// clock.stop();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(3600));
/// assert_eq!(clock.now(), before + Duration::from_secs(3600));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Works>);

struct Works {
    hands: Mutex<Hands>,
    alarms: Mutex<Vec<Alarm>>,
}

/// Something to be done when its time has come.
struct Alarm {
    at: Moment,
    ring: Box<dyn FnOnce() + Send>,
}

#[derive(Clone, Copy)]
enum Hands {
    Running { ahead_ms: i64 },
    Stopped { at: Moment },
}

impl Clock {
    /// A clock that shows the machine's time.
    pub(crate) fn running() -> Self {
        Self(Arc::new(Works {
            hands: Mutex::new(Hands::Running { ahead_ms: 0 }),
            alarms: Mutex::default(),
        }))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.moment().into()
    }

    /// Moves the time forward, whether the clock runs or stands still. What the service does late, such as a
    /// [late commit](crate::Fault::commit_late) whose time has come, is done when this returns.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.with(|hands| match hands {
            Hands::Running { ahead_ms } => *ahead_ms = ahead_ms.saturating_add(by),
            Hands::Stopped { at } => *at = at.plus_ms(by),
        });
        self.ring();
    }

    /// Sets the time, forward or back. A stopped clock stays stopped, a running one runs on from there.
    pub fn set(&self, to: SystemTime) {
        let to = Moment::from(to);
        self.with(|hands| match hands {
            Hands::Running { ahead_ms } => *ahead_ms = to.0.saturating_sub(Moment::of_machine().0),
            Hands::Stopped { at } => *at = to,
        });
        self.ring();
    }

    /// Stops the clock: from now on time passes only by [`advance`](Self::advance) and [`set`](Self::set).
    pub fn stop(&self) {
        let at = self.moment();
        self.with(|hands| *hands = Hands::Stopped { at });
    }

    /// Lets a stopped clock run on from the time it shows.
    pub fn run(&self) {
        let ahead_ms = self.moment().0.saturating_sub(Moment::of_machine().0);
        self.with(|hands| *hands = Hands::Running { ahead_ms });
    }

    /// Whether the clock stands still until it is moved by hand.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.hands(), Hands::Stopped { .. })
    }

    pub(crate) fn moment(&self) -> Moment {
        match self.hands() {
            Hands::Running { ahead_ms } => Moment::of_machine().plus_ms(ahead_ms),
            Hands::Stopped { at } => at,
        }
    }

    /// Has this done at that time: when the clock is moved there, or asked to [`ring`](Self::ring) after it.
    pub(crate) fn at(&self, at: Moment, ring: impl FnOnce() + Send + 'static) {
        let alarm = Alarm {
            at,
            ring: Box::new(ring),
        };
        self.alarms().push(alarm);
    }

    /// Does what is due, in the order of its time.
    pub(crate) fn ring(&self) {
        let now = self.moment();
        let mut due: Vec<_> = self
            .alarms()
            .extract_if(.., |alarm| alarm.at <= now)
            .collect();
        due.sort_by_key(|alarm| alarm.at);
        for alarm in due {
            (alarm.ring)();
        }
    }

    fn alarms(&self) -> MutexGuard<'_, Vec<Alarm>> {
        self.0.alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hands(&self) -> Hands {
        *self.0.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, change: impl FnOnce(&mut Hands)) {
        let hands = self.0.hands.lock();
        change(&mut hands.unwrap_or_else(PoisonError::into_inner));
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("now", &self.moment().to_string())
            .field("stopped", &self.is_stopped())
            .finish()
    }
}

/// A point in time, in milliseconds since 1970, written as ISO 8601 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

/// The last millisecond of the year 9999: later times have no ISO 8601 form of four digits.
const END_OF_TIME: i64 = 253_402_207_200_000;

impl Moment {
    #[cfg(test)]
    pub(crate) fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000).clamp(0, END_OF_TIME))
    }

    pub(crate) fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub(crate) fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms).clamp(0, END_OF_TIME))
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_ms(seconds.saturating_mul(1000))
    }

    /// The beginning of its minute.
    pub(crate) fn minute(self) -> Self {
        Self(self.0 - self.0.rem_euclid(60_000))
    }

    /// Whole seconds from `self` until `later`, rounded up, at least one.
    pub(crate) fn seconds_until(self, later: Self) -> u64 {
        let ms = later.0.saturating_sub(self.0).max(1);
        u64::try_from(ms).unwrap_or(1).div_ceil(1000)
    }

    /// The form of HTTP's `Date` header.
    pub(crate) fn http_date(self) -> String {
        self.timestamp()
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string()
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let stamp: Timestamp = text.parse().ok()?;
        Some(Self(stamp.as_millisecond().clamp(0, END_OF_TIME)))
    }

    fn of_machine() -> Self {
        SystemTime::now().into()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(
            i64::try_from(since.as_millis())
                .unwrap_or(END_OF_TIME)
                .clamp(0, END_OF_TIME),
        )
    }
}

impl From<Moment> for SystemTime {
    fn from(moment: Moment) -> Self {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(moment.0).unwrap_or(0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp().strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("{text:?} is not an ISO 8601 date and time"))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_moment_is_written_with_milliseconds_and_reads_back() {
        let moment = Moment::parse("2026-03-28T14:30:00.070Z").unwrap();
        assert_eq!(moment.to_string(), "2026-03-28T14:30:00.070Z");
        assert_eq!(moment.http_date(), "Sat, 28 Mar 2026 14:30:00 GMT");
        assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
    }

    #[test]
    fn a_wait_is_rounded_up_and_never_zero() {
        let now = Moment::from_unix_seconds(100);
        assert_eq!(now.seconds_until(now.plus_ms(1)), 1);
        assert_eq!(now.seconds_until(now.plus_ms(1001)), 2);
        assert_eq!(now.seconds_until(now), 1);
    }

    #[test]
    fn a_stopped_clock_moves_only_by_hand() {
        let clock = Clock::running();
        clock.stop();
        let before = clock.moment();
        std::thread::sleep(Duration::from_millis(3));
        assert_eq!(clock.moment(), before);
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.moment(), before.plus_seconds(5));
    }

    #[test]
    fn what_is_due_is_done_once_in_the_order_of_its_time() {
        let clock = Clock::running();
        clock.stop();
        let done = Arc::new(Mutex::new(Vec::new()));
        for seconds in [3, 1, 2, 1] {
            let noted = Arc::clone(&done);
            let at = clock.moment().plus_seconds(seconds);
            clock.at(at, move || noted.lock().unwrap().push(seconds));
        }
        clock.ring();
        assert_eq!(*done.lock().unwrap(), [] as [i64; 0]);
        clock.advance(Duration::from_secs(2));
        assert_eq!(*done.lock().unwrap(), [1, 1, 2]);
        clock.set(clock.now() + Duration::from_secs(1));
        clock.ring();
        assert_eq!(*done.lock().unwrap(), [1, 1, 2, 3]);
    }

    #[test]
    fn no_advance_leaves_the_years_that_iso_8601_can_write() {
        let clock = Clock::running();
        clock.stop();
        clock.advance(Duration::MAX);
        assert_eq!(
            clock.moment().to_string().len(),
            "2026-03-28T14:30:00.070Z".len()
        );
    }
}
