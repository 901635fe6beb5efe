# frozen_string_literal: true

# What runs the steps, and what they check with.
module Checks
  # Something came that wasn't expected.
  class Unexpected < StandardError
  end

  # Does the steps, each [name, the step without whose results it can't start, method], and prints TAP.
  # A step that failed doesn't stop those that need nothing of it.
  def run(steps)
    puts "1..#{steps.size}"
    complaints = steps.each.with_index(1).filter_map do |(name, needs, method), number|
      complaint = needs && !gave?(needs) ? "needs step #{needs}" : attempt(method)
      puts "#{'not ' if complaint}ok #{number} - #{name}"
      puts complaint.gsub(/^/, '# ') if complaint
      complaint
    end
    complaints.empty?
  end

  def equal(what, got, wanted)
    raise Unexpected, "#{what}: expected #{wanted.inspect}, got #{got.inspect}" unless got == wanted
  end

  # Checks that the service says no, and why.
  def refused(status, error_type, message, field = nil, &call)
    refusal = refusal(&call)
    equal 'status', refusal.code, status
    reason = reason(refusal)
    equal 'errorType', reason.error_type, error_type
    equal 'message', reason.message, message
    equal 'field', reason.field, field
  end

  def refusal
    yield
    raise Unexpected, 'expected a refusal, got an answer'
  rescue BenchmarkEmail::ApiError => e
    e
  end

  # The client leaves the body of a refusal as text; its model of errors reads it.
  def reason(refusal)
    envelope = BenchmarkEmail::ErrorEnvelope.build_from_hash(JSON.parse(refusal.response_body))
    equal 'errors', envelope.errors.size, 1
    envelope.errors.first
  end

  private

  def attempt(method)
    send(method)
    nil
  rescue Unexpected => e
    e.message
  rescue StandardError => e
    e.full_message(highlight: false)
  end
end
