<?php

declare(strict_types=1);

// In place of Composer's: Debian's Guzzle, and the generated classes.
require_once '/usr/share/php/GuzzleHttp/autoload.php';
spl_autoload_register(static function (string $class): void {
    $file = getenv('GENERATED') . '/lib/' . strtr(substr($class, strlen('BenchmarkEmail\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'BenchmarkEmail\\') && is_file($file)) {
        require $file;
    }
});
