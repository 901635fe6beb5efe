<?php

// Compiles and links every generated class: a parent, an interface or a type that isn't there ends it.

declare(strict_types=1);

require __DIR__ . '/autoload.php';

set_error_handler(static fn (int $level, string $text, string $file, int $line) => throw new ErrorException($text, 0, $level, $file, $line));
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(getenv('GENERATED') . '/lib', FilesystemIterator::SKIP_DOTS));
$count = 0;
foreach ($files as $file) {
    require_once $file->getPathname();
    $count++;
}
echo "$count files loaded\n";
exit($count > 0 ? 0 : 1);
