<?php

declare(strict_types=1);

use BenchmarkEmail\ApiException;
use BenchmarkEmail\Model\ErrorEnvelope;

/**
 * Does the steps, each [name, the step without whose results it can't start or 0, what to do], and prints TAP.
 * A step that failed doesn't stop those that need nothing of it.
 */
function run(array $steps, callable $gave): bool
{
    printf("1..%d\n", count($steps));
    $failed = 0;
    foreach ($steps as $index => [$name, $needs, $do]) {
        $number = $index + 1;
        try {
            $needs === 0 || $gave($needs) || throw new Unexpected("needs step $needs");
            $do();
            echo "ok $number - $name\n";
        } catch (Throwable $cause) {
            $failed++;
            $complaint = $cause instanceof Unexpected ? $cause->getMessage() : (string) $cause;
            echo "not ok $number - $name\n# ", str_replace("\n", "\n# ", $complaint), "\n";
        }
    }
    return $failed === 0;
}

final class Unexpected extends Exception
{
}

function equal(string $what, mixed $got, mixed $wanted): void
{
    if ($got !== $wanted) {
        throw new Unexpected("$what: expected " . json_encode($wanted) . ', got ' . json_encode($got));
    }
}

/** Checks that the service says no and why, and that the client made an ErrorEnvelope of it. */
function refused(callable $call, int $status, string $errorType, string $message, ?string $field = null): void
{
    $refusal = refusal($call);
    equal('status', $refusal->getCode(), $status);
    $envelope = $refusal->getResponseObject();
    equal('class of the error', get_debug_type($envelope), ErrorEnvelope::class);
    equal('errors', count($envelope->getErrors()), 1);
    [$reason] = $envelope->getErrors();
    equal('errorType', $reason->getErrorType(), $errorType);
    equal('message', $reason->getMessage(), $message);
    equal('field', $reason->getField(), $field);
}

function refusal(callable $call): ApiException
{
    try {
        $call();
    } catch (ApiException $refusal) {
        return $refusal;
    }
    throw new Unexpected('expected a refusal, got an answer');
}
