# frozen_string_literal: true

# The scenario of ../README.md through the client that openapi-generator makes for Ruby.

require 'json'
require 'net/http'
require 'benchmark_email'
require_relative 'checks'

class Scenario
  include BenchmarkEmail
  include Checks

  BASE_URL = URI(ENV.fetch('BENCHMARK_EMAIL_BASE_URL'))
  KEY = 'Ada.Lovelace+ruby@example.com'
  UNKNOWN_ID = '0123456789abcdef01234567'
  VALUES = {
    'First Name' => 'Ada',
    'Company' => 'Analytical Engines',
    'Seats' => 12,
    'Subscribed to blog' => true,
    'Customer Since' => '2026-01-31',
    'Birthday' => '12-10'
  }.freeze
  STEPS = [
    ['reads the structure', nil, :reads_the_structure],
    ['creates a contact', 1, :creates_a_contact],
    ['gets it back', 2, :gets_it_back],
    ['unsubscribes it', 2, :unsubscribes_it],
    ["can't make it active again", 2, :cant_make_it_active_again],
    ['replaces it', 2, :replaces_it],
    ['is told of a stale version', 6, :is_told_of_a_stale_version],
    ['finds it by key', 2, :finds_it_by_key],
    ['lists all contacts', 2, :lists_all_contacts],
    ['works with lists', 1, :works_with_lists],
    ['is told of a duplicate', 2, :is_told_of_a_duplicate],
    ['is told of a missing scope', 1, :is_told_of_a_missing_scope],
    ['is told of a wrong key', nil, :is_told_of_a_wrong_key],
    ['is told of an unknown id', nil, :is_told_of_an_unknown_id],
    ['is told when to come back', 2, :is_told_when_to_come_back],
    ['exports it', 2, :exports_it],
    ['reads its events of two types', 2, :reads_its_events_of_two_types],
    ['deletes it', 2, :deletes_it]
  ].freeze

  def initialize
    @client = client(ENV.fetch('BENCHMARK_EMAIL_API_KEY'))
    @contacts = ContactsApi.new(@client)
    @lists = ListsApi.new(@client)
  end

  def play
    run(STEPS)
  end

  # Whether a step left what others need.
  def gave?(step)
    { 1 => @newsletter, 2 => @contact_id, 6 => @stale_version }.fetch(step)
  end

  def client(api_key)
    ApiClient.new(Configuration.new do |configuration|
      configuration.scheme = BASE_URL.scheme
      configuration.host = "#{BASE_URL.host}:#{BASE_URL.port}"
      configuration.api_key['X-API-Key'] = api_key
    end)
  end

  def reads_the_structure
    structures = StructuresApi.new(@client).list_structures
    equal 'structures', structures.size, 1
    @structure = structures.first
    ids = @lists.list_all_lists(@structure._id).to_h { |list| [list.name, list._id] }
    @newsletter = ids['Newsletter']
    types = @structure.fields.to_h { |field| [field.label, field.data_type] }
    equal 'dataType by label', types, {
      'First Name' => 'text', 'Company' => 'text', 'Seats' => 'number',
      'Subscribed to blog' => 'boolean', 'Customer Since' => 'date', 'Birthday' => 'recurrent_date'
    }
    @labels = @structure.fields.to_h { |field| [field._id, field.label] }
    first_name = @structure.fields.find { |field| field.label == 'First Name' }
    equal 'predefinedField of First Name', first_name.predefined_field, 'firstName'
    equal 'tags', @structure.tags.map(&:label), ['VIP']
    equal 'lists', ids.keys, %w[Newsletter Partners]
  end

  def creates_a_contact
    fields = @structure.fields.map { |field| ContactFieldInput.new(_id: field._id, value: VALUES[field.label]) }
    created = @contacts.create_contact(
      ContactCreate.new(
        key: KEY,
        contact_structure_id: @structure._id,
        fields: fields,
        lists: [ListAssignment.new(_id: @newsletter, action: 'add')]
      )
    )
    @contact_id = created._id
    check_ada(created)
  end

  def gets_it_back
    check_ada(@contacts.get_contact(@contact_id))
  end

  # What creating and getting answer alike.
  def check_ada(contact)
    equal '_id', contact._id, @contact_id
    equal 'key', contact.key, KEY
    equal 'contactStructureId', contact.contact_structure_id, @structure._id
    equal 'values by label', values_of(contact), VALUES
    equal 'status.primary', contact.status.primary, 'Active'
    equal 'status.secondary', contact.status.secondary, nil
    equal 'lists', contact.lists, [{ _id: @newsletter }]
    equal 'class of createdAt', contact.created_at.class, Time
    equal '__v', contact.__v, 0
  end

  def unsubscribes_it
    contact = change_status(primary: 'Inactive', secondary: 'Unsubscribe')
    equal 'status.primary', contact.status.primary, 'Inactive'
    equal 'status.secondary', contact.status.secondary, 'Unsubscribe'
    equal '__v', contact.__v, 1
  end

  def cant_make_it_active_again
    refused(400, 'ValidationError', "An inactive contact can't be made active through the API", 'status.primary') do
      change_status(primary: 'Active')
    end
  end

  def change_status(**status)
    @contacts.update_contact_status(@contact_id, ContactStatusUpdate.new(status: StatusChange.new(status)))
  end

  def replaces_it
    read = @contacts.get_contact(@contact_id)
    @stale_version = read.__v
    replaced = replace(read, @stale_version, 'Babbage & Co')
    equal 'values by label', values_of(replaced), VALUES.merge('Company' => 'Babbage & Co')
    equal 'lists', replaced.lists, read.lists
    equal 'status.primary', replaced.status.primary, 'Inactive'
    equal '__v', replaced.__v, @stale_version + 1
  end

  def is_told_of_a_stale_version
    read = @contacts.get_contact(@contact_id)
    refused(400, 'ConcurrencyError', 'Document version mismatch') { replace(read, @stale_version, 'Too late') }
  end

  # Sends back everything that was read, with another Company.
  def replace(read, version, company)
    read.fields.find { |field| @labels[field._id] == 'Company' }.value = company
    @contacts.replace_contact(
      read._id,
      ContactReplacement.new(
        key: read.key,
        contact_structure_id: read.contact_structure_id,
        fields: read.fields,
        status: read.status,
        lists: read.lists,
        tags: read.tags,
        __v: version
      )
    )
  end

  # Matches the contacts whose key is ours.
  def with_key
    by_key = SearchCriterion.new(column_to_filter: 'KEY', operator: 'EQ', values: [KEY])
    ContactSpecification.new(filters: [SearchGroup.new(criterias: [by_key])])
  end

  def finds_it_by_key
    page = @contacts.search_contacts(
      ContactSearch.new(
        contact_structure_id: @structure._id,
        page: 1,
        page_size: 10,
        source: [SearchColumn::ID, SearchColumn::KEY, SearchColumn::FIELDS, SearchColumn::CONTACT_STATUS],
        contact_specification: with_key
      )
    )
    equal 'totalRecords', page.total_records, 1
    equal 'rows', page.contacts.size, 1
    row = page.contacts.first
    equal '_id', row._id, @contact_id
    equal 'key', row.key, KEY
    equal 'contactStatus', row.contact_status, 'Inactive'
    equal 'values by label', values_of(row), VALUES.merge('Company' => 'Babbage & Co')
    equal 'lists, not asked for', row.lists, nil
  end

  def lists_all_contacts
    all = @contacts.list_contacts
    equal 'contacts', all.size, 4
    ours = all.select { |contact| contact._id == @contact_id }
    equal 'keys of contacts with our id', ours.map(&:key), [KEY]
    equal 'Seats', values_of(ours.first)['Seats'], VALUES['Seats']
  end

  def works_with_lists
    id = @structure._id
    created = @lists.create_list(id, ListCreate.new(name: 'Conference'))
    pages = [1, 2].map { |page| @lists.list_lists(id, page: page, size: 2, sort: 'name:asc') }
    equal 'total', pages.first.total, 3
    equal 'names by page', pages.map { |page| page.records.map(&:name) }, [%w[Conference Newsletter], %w[Partners]]
    renamed = @lists.update_list(id, created._id, ListUpdate.new(name: 'Conference 2027', __v: created.__v))
    equal 'name', renamed.name, 'Conference 2027'
    equal '__v', renamed.__v, created.__v + 1
    _, status, = @lists.delete_list_with_http_info(id, created._id)
    equal 'status of the deletion', status, 204
    refused(404, 'RecordNotFound', 'List not found') { @lists.get_list(id, created._id) }
  end

  def is_told_of_a_duplicate
    again = ContactCreate.new(key: KEY, contact_structure_id: @structure._id)
    refused(400, 'DuplicateFieldError', 'key is already in use', 'key') { @contacts.create_contact(again) }
  end

  def is_told_of_a_missing_scope
    reader = ContactsApi.new(client(ENV.fetch('READ_ONLY_API_KEY')))
    contact = ContactCreate.new(key: 'nobody@example.com', contact_structure_id: @structure._id)
    refused(403, 'ForbiddenError', 'API key missing required scope: contacts:write') { reader.create_contact(contact) }
  end

  def is_told_of_a_wrong_key
    stranger = ContactsApi.new(client('bme_us_wrong'))
    refused(401, 'UnauthorizedError', 'Invalid API key') { stranger.list_contacts }
  end

  def is_told_of_an_unknown_id
    refused(404, 'RecordNotFound', 'Contact not found') { @contacts.get_contact(UNKNOWN_ID) }
  end

  def is_told_when_to_come_back
    leave(0)
    refusal =
      begin
        refusal { @contacts.get_contact(@contact_id) }
      ensure
        leave(3600)
      end
    seconds = Integer(refusal.response_headers['Retry-After'])
    equal 'Retry-After is between 1 s and 1 h', seconds.between?(1, 3600), true
    refused(429, 'TooManyRequestsError', "Rate limit exceeded. Retry after #{seconds} seconds.") { raise refusal }
    equal 'X-RateLimit-Remaining when refused', refusal.response_headers['X-RateLimit-Remaining'], '0'
    _, _, headers = @contacts.get_contact_with_http_info(@contact_id)
    equal 'X-RateLimit-Limit', headers['X-RateLimit-Limit'], '3600'
    equal 'X-RateLimit-Remaining', headers['X-RateLimit-Remaining'], '3599'
  end

  def exports_it
    columns = [SearchColumn::ID, SearchColumn::KEY]
    export = ContactExport.new(
      contact_structure_id: @structure._id, source: columns, contact_specification: with_key
    )
    equal 'CSV', @contacts.export_contacts(export), "_id,key\r\n#{@contact_id},#{KEY}\r\n"
  end

  def reads_its_events_of_two_types
    page = @contacts.list_contact_events(@contact_id, types: %w[contact-created contact-unsubscribed])
    equal 'types', page.records.map(&:type), %w[contact-unsubscribed contact-created]
    equal 'total', page.total, 2
  end

  def deletes_it
    deleted = @contacts.delete_contact(@contact_id)
    equal '_id', deleted._id, @contact_id
    equal 'key', deleted.key, KEY
    refused(404, 'RecordNotFound', 'Contact not found') { @contacts.get_contact(@contact_id) }
  end

  def values_of(contact)
    contact.fields.to_h { |field| [@labels[field._id], field.value] }
  end

  # Tells the sandbox how many requests are left in the hour.
  def leave(requests)
    body = JSON.generate(hourlyLeft: requests)
    http = Net::HTTP.new(BASE_URL.host, BASE_URL.port)
    equal "the sandbox's status", http.put('/_sandbox/account', body, 'Content-Type' => 'application/json').code, '200'
  end
end

exit Scenario.new.play
