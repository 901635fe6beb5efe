// The part of Moshi that generated code names, by signature alone: enough to compile against, not to run.
package com.squareup.moshi

annotation class FromJson

annotation class Json(val name: String)

annotation class JsonClass(val generateAdapter: Boolean)

annotation class ToJson

abstract class JsonAdapter<T> {
    abstract fun fromJson(string: String): T?
    abstract fun toJson(value: T?): String

    interface Factory
}

abstract class Moshi {
    abstract fun <T> adapter(type: Class<T>): JsonAdapter<T>

    class Builder {
        fun add(adapter: Any): Builder = TODO()
        fun add(factory: JsonAdapter.Factory): Builder = TODO()
        fun build(): Moshi = TODO()
    }
}

inline fun <reified T> Moshi.adapter(): JsonAdapter<T> = TODO()
