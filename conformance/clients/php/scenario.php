<?php

// The scenario of ../README.md through the client that openapi-generator makes for PHP.

declare(strict_types=1);

require __DIR__ . '/autoload.php';
require __DIR__ . '/checks.php';

use BenchmarkEmail\Api\ContactsApi;
use BenchmarkEmail\Api\ListsApi;
use BenchmarkEmail\Api\StructuresApi;
use BenchmarkEmail\Configuration;
use BenchmarkEmail\Model\Contact;
use BenchmarkEmail\Model\ContactCreate;
use BenchmarkEmail\Model\ContactEvent;
use BenchmarkEmail\Model\ContactExport;
use BenchmarkEmail\Model\ContactFieldInput;
use BenchmarkEmail\Model\ContactReplacement;
use BenchmarkEmail\Model\ContactSearch;
use BenchmarkEmail\Model\ContactSpecification;
use BenchmarkEmail\Model\ContactStatusUpdate;
use BenchmarkEmail\Model\FoundContact;
use BenchmarkEmail\Model\ListAssignment;
use BenchmarkEmail\Model\ListCreate;
use BenchmarkEmail\Model\ListUpdate;
use BenchmarkEmail\Model\SearchColumn;
use BenchmarkEmail\Model\SearchCriterion;
use BenchmarkEmail\Model\SearchGroup;
use BenchmarkEmail\Model\SettableReason;
use BenchmarkEmail\Model\SettableStatus;
use BenchmarkEmail\Model\StatusChange;
use BenchmarkEmail\Model\Structure;
use GuzzleHttp\Client;

final class Scenario
{
    private const KEY = 'Ada.Lovelace+php@example.com';
    private const UNKNOWN_ID = '0123456789abcdef01234567';
    private const VALUES = [
        'First Name' => 'Ada',
        'Company' => 'Analytical Engines',
        'Seats' => 12,
        'Subscribed to blog' => true,
        'Customer Since' => '2026-01-31',
        'Birthday' => '12-10',
    ];

    private ContactsApi $contacts;
    private ListsApi $lists;
    private Structure $structure;
    /** @var array<string, string> labels by id */
    private array $labels;
    private string $newsletter;
    private string $contactId;
    private int $staleVersion;

    public function __construct()
    {
        $this->contacts = new ContactsApi(config: self::key(getenv('BENCHMARK_EMAIL_API_KEY')));
        $this->lists = new ListsApi(config: $this->contacts->getConfig());
    }

    private static function key(string $apiKey): Configuration
    {
        return (new Configuration())->setHost(getenv('BENCHMARK_EMAIL_BASE_URL'))->setApiKey('X-API-Key', $apiKey);
    }

    /** Whether a step left what others need. */
    public function gave(int $step): bool
    {
        return match ($step) {
            1 => isset($this->newsletter),
            2 => isset($this->contactId),
            6 => isset($this->staleVersion),
        };
    }

    public function readsTheStructure(): void
    {
        $structures = (new StructuresApi(config: $this->contacts->getConfig()))->listStructures();
        equal('structures', count($structures), 1);
        [$this->structure] = $structures;
        $ids = [];
        foreach ($this->lists->listAllLists($this->structure->getId()) as $list) {
            $ids[$list->getName()] = $list->getId();
        }
        $this->newsletter = $ids['Newsletter'];
        $types = $predefined = [];
        foreach ($this->structure->getFields() as $field) {
            $this->labels[$field->getId()] = $field->getLabel();
            $types[$field->getLabel()] = $field->getDataType();
            $predefined[$field->getLabel()] = $field->getPredefinedField();
        }
        equal('dataType by label', $types, [
            'First Name' => 'text',
            'Company' => 'text',
            'Seats' => 'number',
            'Subscribed to blog' => 'boolean',
            'Customer Since' => 'date',
            'Birthday' => 'recurrent_date',
        ]);
        equal('predefinedField of First Name', $predefined['First Name'], 'firstName');
        equal('tags', array_map(static fn ($tag) => $tag->getLabel(), $this->structure->getTags()), ['VIP']);
        equal('lists', array_keys($ids), ['Newsletter', 'Partners']);
    }

    public function createsAContact(): void
    {
        $values = array_map(
            static fn ($field) => new ContactFieldInput(['_id' => $field->getId(), 'value' => self::VALUES[$field->getLabel()]]),
            $this->structure->getFields(),
        );
        $created = $this->contacts->createContact(new ContactCreate([
            'key' => self::KEY,
            'contact_structure_id' => $this->structure->getId(),
            'fields' => $values,
            'lists' => [new ListAssignment(['_id' => $this->newsletter, 'action' => 'add'])],
        ]));
        $this->contactId = $created->getId();
        $this->checkAda($created);
    }

    public function getsItBack(): void
    {
        $this->checkAda($this->contacts->getContact($this->contactId));
    }

    /** What creating and getting answer alike. */
    private function checkAda(Contact $contact): void
    {
        equal('_id', $contact->getId(), $this->contactId);
        equal('key', $contact->getKey(), self::KEY);
        equal('contactStructureId', $contact->getContactStructureId(), $this->structure->getId());
        equal('values by label', $this->valuesOf($contact), self::VALUES);
        equal('status.primary', $contact->getStatus()->getPrimary(), 'Active');
        equal('status.secondary', $contact->getStatus()->getSecondary(), null);
        equal('lists', json_encode($contact->getLists()), json_encode([['_id' => $this->newsletter]]));
        equal('class of createdAt', get_debug_type($contact->getCreatedAt()), DateTime::class);
        equal('__v', $contact->getV(), 0);
    }

    public function unsubscribesIt(): void
    {
        $change = new StatusChange(['primary' => SettableStatus::INACTIVE, 'secondary' => SettableReason::UNSUBSCRIBE]);
        $contact = $this->contacts->updateContactStatus($this->contactId, new ContactStatusUpdate(['status' => $change]));
        equal('status.primary', $contact->getStatus()->getPrimary(), 'Inactive');
        equal('status.secondary', $contact->getStatus()->getSecondary(), 'Unsubscribe');
        equal('__v', $contact->getV(), 1);
    }

    public function cantMakeItActiveAgain(): void
    {
        $active = new ContactStatusUpdate(['status' => new StatusChange(['primary' => SettableStatus::ACTIVE])]);
        refused(
            fn () => $this->contacts->updateContactStatus($this->contactId, $active),
            400,
            'ValidationError',
            "An inactive contact can't be made active through the API",
            'status.primary',
        );
    }

    public function replacesIt(): void
    {
        $read = $this->contacts->getContact($this->contactId);
        $this->staleVersion = $read->getV();
        $replaced = $this->replace($read, $this->staleVersion, 'Babbage & Co');
        equal('values by label', $this->valuesOf($replaced), self::with('Company', 'Babbage & Co'));
        equal('lists', json_encode($replaced->getLists()), json_encode($read->getLists()));
        equal('status.primary', $replaced->getStatus()->getPrimary(), 'Inactive');
        equal('__v', $replaced->getV(), $this->staleVersion + 1);
    }

    public function isToldOfAStaleVersion(): void
    {
        $read = $this->contacts->getContact($this->contactId);
        refused(
            fn () => $this->replace($read, $this->staleVersion, 'Too late'),
            400,
            'ConcurrencyError',
            'Document version mismatch',
        );
    }

    /** Sends back everything that was read, with another Company. */
    private function replace(Contact $read, int $version, string $company): Contact
    {
        foreach ($read->getFields() as $field) {
            if ($this->labels[$field->getId()] === 'Company') {
                $field->setValue($company);
            }
        }
        return $this->contacts->replaceContact($read->getId(), new ContactReplacement([
            'key' => $read->getKey(),
            'contact_structure_id' => $read->getContactStructureId(),
            'fields' => $read->getFields(),
            'status' => $read->getStatus(),
            'lists' => $read->getLists(),
            'tags' => $read->getTags(),
            '__v' => $version,
        ]));
    }

    /** Matches the contacts whose key is ours. */
    private static function withKey(): ContactSpecification
    {
        $byKey = new SearchCriterion(['column_to_filter' => 'KEY', 'operator' => 'EQ', 'values' => [self::KEY]]);
        return new ContactSpecification(['filters' => [new SearchGroup(['criterias' => [$byKey]])]]);
    }

    public function findsItByKey(): void
    {
        $page = $this->contacts->searchContacts(new ContactSearch([
            'contact_structure_id' => $this->structure->getId(),
            'page' => 1,
            'page_size' => 10,
            'source' => [SearchColumn::ID, SearchColumn::KEY, SearchColumn::FIELDS, SearchColumn::CONTACT_STATUS],
            'contact_specification' => self::withKey(),
        ]));
        equal('totalRecords', $page->getTotalRecords(), 1);
        equal('rows', count($page->getContacts()), 1);
        [$row] = $page->getContacts();
        equal('_id', $row->getId(), $this->contactId);
        equal('key', $row->getKey(), self::KEY);
        equal('contactStatus', $row->getContactStatus(), 'Inactive');
        equal('values by label', $this->valuesOf($row), self::with('Company', 'Babbage & Co'));
        equal('lists, not asked for', $row->getLists(), null);
    }

    public function listsAllContacts(): void
    {
        $all = $this->contacts->listContacts();
        equal('contacts', count($all), 4);
        $ours = array_values(array_filter($all, fn ($contact) => $contact->getId() === $this->contactId));
        equal('contacts with our id', count($ours), 1);
        equal('key', $ours[0]->getKey(), self::KEY);
        equal('Seats', $this->valuesOf($ours[0])['Seats'], self::VALUES['Seats']);
    }

    public function worksWithLists(): void
    {
        $id = $this->structure->getId();
        $created = $this->lists->createList($id, new ListCreate(['name' => 'Conference']));
        $first = $this->lists->listLists($id, page: 1, size: 2, sort: 'name:asc');
        $second = $this->lists->listLists($id, page: 2, size: 2, sort: 'name:asc');
        equal('total', $first->getTotal(), 3);
        equal('records of page 1', count($first->getRecords()), 2);
        $names = array_map(static fn ($list) => $list->getName(), [...$first->getRecords(), ...$second->getRecords()]);
        equal('names on both pages', $names, ['Conference', 'Newsletter', 'Partners']);
        $change = new ListUpdate(['name' => 'Conference 2027', '__v' => $created->getV()]);
        $renamed = $this->lists->updateList($id, $created->getId(), $change);
        equal('name', $renamed->getName(), 'Conference 2027');
        equal('__v', $renamed->getV(), $created->getV() + 1);
        [, $status] = $this->lists->deleteListWithHttpInfo($id, $created->getId());
        equal('status of the deletion', $status, 204);
        refused(fn () => $this->lists->getList($id, $created->getId()), 404, 'RecordNotFound', 'List not found');
    }

    public function isToldOfADuplicate(): void
    {
        $again = new ContactCreate(['key' => self::KEY, 'contact_structure_id' => $this->structure->getId()]);
        refused(fn () => $this->contacts->createContact($again), 400, 'DuplicateFieldError', 'key is already in use', 'key');
    }

    public function isToldOfAMissingScope(): void
    {
        $reader = new ContactsApi(config: self::key(getenv('READ_ONLY_API_KEY')));
        $contact = new ContactCreate(['key' => 'nobody@example.com', 'contact_structure_id' => $this->structure->getId()]);
        refused(
            fn () => $reader->createContact($contact),
            403,
            'ForbiddenError',
            'API key missing required scope: contacts:write',
        );
    }

    public function isToldOfAWrongKey(): void
    {
        $stranger = new ContactsApi(config: self::key('bme_us_wrong'));
        refused(fn () => $stranger->listContacts(), 401, 'UnauthorizedError', 'Invalid API key');
    }

    public function isToldOfAnUnknownId(): void
    {
        refused(fn () => $this->contacts->getContact(self::UNKNOWN_ID), 404, 'RecordNotFound', 'Contact not found');
    }

    public function isToldWhenToComeBack(): void
    {
        self::leave(0);
        try {
            $refusal = refusal(fn () => $this->contacts->getContact($this->contactId));
        } finally {
            self::leave(3600);
        }
        $headers = array_change_key_case($refusal->getResponseHeaders());
        $seconds = filter_var($headers['retry-after'][0], FILTER_VALIDATE_INT);
        equal('Retry-After is between 1 s and 1 h', 0 < $seconds && $seconds <= 3600, true);
        refused(
            fn () => throw $refusal,
            429,
            'TooManyRequestsError',
            "Rate limit exceeded. Retry after $seconds seconds.",
        );
        equal('X-RateLimit-Remaining when refused', $headers['x-ratelimit-remaining'], ['0']);
        [, , $allowed] = $this->contacts->getContactWithHttpInfo($this->contactId);
        $allowed = array_change_key_case($allowed);
        equal('X-RateLimit-Limit', $allowed['x-ratelimit-limit'], ['3600']);
        equal('X-RateLimit-Remaining', $allowed['x-ratelimit-remaining'], ['3599']);
    }

    public function exportsIt(): void
    {
        $csv = $this->contacts->exportContacts(new ContactExport([
            'contact_structure_id' => $this->structure->getId(),
            'source' => [SearchColumn::ID, SearchColumn::KEY],
            'contact_specification' => self::withKey(),
        ]));
        equal('CSV', $csv, "_id,key\r\n{$this->contactId}," . self::KEY . "\r\n");
    }

    public function readsItsEventsOfTwoTypes(): void
    {
        $page = $this->contacts->listContactEvents($this->contactId, ['contact-created', 'contact-unsubscribed']);
        $types = array_map(static fn (ContactEvent $event) => $event->getType(), $page->getRecords());
        equal('types', $types, ['contact-unsubscribed', 'contact-created']);
        equal('total', $page->getTotal(), 2);
    }

    public function deletesIt(): void
    {
        $deleted = $this->contacts->deleteContact($this->contactId);
        equal('_id', $deleted->getId(), $this->contactId);
        equal('key', $deleted->getKey(), self::KEY);
        refused(fn () => $this->contacts->getContact($this->contactId), 404, 'RecordNotFound', 'Contact not found');
    }

    private static function with(string $label, mixed $value): array
    {
        return [...self::VALUES, $label => $value];
    }

    private function valuesOf(Contact|FoundContact $contact): array
    {
        $values = [];
        foreach ($contact->getFields() as $field) {
            $values[$this->labels[$field->getId()]] = $field->getValue();
        }
        return $values;
    }

    /** Tells the sandbox how many requests are left in the hour. */
    private static function leave(int $requests): void
    {
        $url = getenv('BENCHMARK_EMAIL_BASE_URL') . '/_sandbox/account';
        equal("the sandbox's status", (new Client())->put($url, ['json' => ['hourlyLeft' => $requests]])->getStatusCode(), 200);
    }
}

// A warning or a deprecation is a failure too.
set_error_handler(static fn (int $level, string $text, string $file, int $line) => throw new ErrorException($text, 0, $level, $file, $line));
$it = new Scenario();
exit(run([
    ['reads the structure', 0, $it->readsTheStructure(...)],
    ['creates a contact', 1, $it->createsAContact(...)],
    ['gets it back', 2, $it->getsItBack(...)],
    ['unsubscribes it', 2, $it->unsubscribesIt(...)],
    ["can't make it active again", 2, $it->cantMakeItActiveAgain(...)],
    ['replaces it', 2, $it->replacesIt(...)],
    ['is told of a stale version', 6, $it->isToldOfAStaleVersion(...)],
    ['finds it by key', 2, $it->findsItByKey(...)],
    ['lists all contacts', 2, $it->listsAllContacts(...)],
    ['works with lists', 1, $it->worksWithLists(...)],
    ['is told of a duplicate', 2, $it->isToldOfADuplicate(...)],
    ['is told of a missing scope', 1, $it->isToldOfAMissingScope(...)],
    ['is told of a wrong key', 0, $it->isToldOfAWrongKey(...)],
    ['is told of an unknown id', 0, $it->isToldOfAnUnknownId(...)],
    ['is told when to come back', 2, $it->isToldWhenToComeBack(...)],
    ['exports it', 2, $it->exportsIt(...)],
    ['reads its events of two types', 2, $it->readsItsEventsOfTwoTypes(...)],
    ['deletes it', 2, $it->deletesIt(...)],
], $it->gave(...)) ? 0 : 1);
