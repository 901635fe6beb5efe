import com.example.contacts.ApiException;
import com.example.contacts.model.ErrorReason;
import com.example.contacts.model.ErrorEnvelope;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;

/** Runs the steps, prints TAP, and has what the steps check with. */
final class Checks {
    /** What a step does; it passes if nothing is thrown. */
    interface Action {
        void run() throws Exception;
    }

    /** A step, and the one (from 1) without whose results it can't start; or 0. */
    record Step(String name, int needs, Action action) {}

    private Checks() {}

    /** Whether all passed. A step that failed doesn't stop those that need nothing of it. */
    static boolean run(List<Step> steps, IntPredicate gave) {
        System.out.println("1.." + steps.size());
        int failed = 0;
        for (int number = 1; number <= steps.size(); number++) {
            Step step = steps.get(number - 1);
            boolean ready = step.needs() == 0 || gave.test(step.needs());
            String complaint = ready ? attempt(step) : "needs step " + step.needs();
            System.out.println((complaint == null ? "ok " : "not ok ") + number + " - " + step.name());
            if (complaint != null) {
                failed++;
                System.out.println("# " + complaint.replace("\n", "\n# "));
            }
        }
        return failed == 0;
    }

    private static String attempt(Step step) {
        try {
            step.action().run();
            return null;
        } catch (AssertionError unexpected) {
            return unexpected.getMessage();
        } catch (Exception unexpected) {
            return unexpected.toString();
        }
    }

    static void equal(String what, Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) {
            throw new AssertionError(what + ": expected " + wanted + ", got " + got);
        }
    }

    /** Checks that the service says no, and why. `field` is null where the reason names none. */
    static void refused(Action call, int status, String errorType, String message, String field) throws Exception {
        ApiException refusal = refusal(call);
        equal("status", refusal.getCode(), status);
        ErrorReason reason = reason(refusal);
        equal("errorType", reason.getErrorType(), errorType);
        equal("message", reason.getMessage(), message);
        equal("field", reason.getField(), field);
    }

    static ApiException refusal(Action call) throws Exception {
        try {
            call.run();
        } catch (ApiException refusal) {
            return refusal;
        }
        throw new AssertionError("expected a refusal, got an answer");
    }

    /** The client leaves the body of a refusal as text; its model of errors reads it. */
    static ErrorReason reason(ApiException refusal) throws Exception {
        ErrorEnvelope envelope = new ObjectMapper().readValue(refusal.getResponseBody(), ErrorEnvelope.class);
        equal("errors", envelope.getErrors().size(), 1);
        return envelope.getErrors().get(0);
    }
}
