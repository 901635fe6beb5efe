// The part of OkHttp 4 that generated code names, by signature alone: enough to compile against, not to run.
package okhttp3

import java.io.Closeable
import java.io.File
import java.io.IOException
import java.io.InputStream

interface Call {
    fun execute(): Response
    fun enqueue(responseCallback: Callback)

    fun interface Factory {
        fun newCall(request: Request): Call
    }
}

interface Callback {
    fun onFailure(call: Call, e: IOException)
    fun onResponse(call: Call, response: Response)
}

abstract class OkHttpClient : Call.Factory {
    class Builder {
        fun build(): OkHttpClient = TODO()
    }
}

abstract class HttpUrl {
    abstract val encodedPathSegments: List<String>
    abstract fun newBuilder(): Builder

    class Builder {
        fun scheme(scheme: String): Builder = TODO()
        fun host(host: String): Builder = TODO()
        fun addPathSegment(pathSegment: String): Builder = TODO()
        fun addEncodedPathSegments(encodedPathSegments: String): Builder = TODO()
        fun addQueryParameter(name: String, value: String?): Builder = TODO()
        fun build(): HttpUrl = TODO()
    }

    companion object {
        fun String.toHttpUrlOrNull(): HttpUrl? = TODO()
    }
}

abstract class Headers {
    abstract fun toMultimap(): Map<String, List<String>>

    class Builder {
        fun add(name: String, value: String): Builder = TODO()
        fun build(): Headers = TODO()
    }

    companion object {
        fun Map<String, String>.toHeaders(): Headers = TODO()
    }
}

abstract class MediaType {
    companion object {
        fun String.toMediaTypeOrNull(): MediaType? = TODO()
    }
}

abstract class RequestBody {
    companion object {
        fun String.toRequestBody(contentType: MediaType? = null): RequestBody = TODO()
        fun ByteArray.toRequestBody(contentType: MediaType? = null, offset: Int = 0, byteCount: Int = size): RequestBody = TODO()
        fun File.asRequestBody(contentType: MediaType? = null): RequestBody = TODO()
    }
}

abstract class FormBody : RequestBody() {
    class Builder {
        fun add(name: String, value: String): Builder = TODO()
        fun build(): FormBody = TODO()
    }
}

abstract class MultipartBody : RequestBody() {
    class Builder {
        fun setType(type: MediaType): Builder = TODO()
        fun addPart(headers: Headers?, body: RequestBody): Builder = TODO()
        fun build(): MultipartBody = TODO()
    }

    companion object {
        val FORM: MediaType = TODO()
    }
}

abstract class Request {
    class Builder {
        fun url(url: HttpUrl): Builder = TODO()
        fun headers(headers: Headers): Builder = TODO()
        fun head(): Builder = TODO()
        fun delete(body: RequestBody?): Builder = TODO()
        fun patch(body: RequestBody): Builder = TODO()
        fun post(body: RequestBody): Builder = TODO()
        fun put(body: RequestBody): Builder = TODO()
        fun method(method: String, body: RequestBody?): Builder = TODO()
        fun build(): Request = TODO()
    }
}

abstract class Response : Closeable {
    abstract val body: ResponseBody?
    abstract val code: Int
    abstract val headers: Headers
    abstract val isRedirect: Boolean
    abstract val isSuccessful: Boolean
    abstract val message: String
    abstract fun header(name: String, defaultValue: String? = null): String?
}

abstract class ResponseBody : Closeable {
    abstract fun byteStream(): InputStream
    abstract fun bytes(): ByteArray
    abstract fun string(): String
}
