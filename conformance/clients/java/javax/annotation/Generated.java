package javax.annotation;

/** Stands in for the annotation that the JDK dropped in version 11, and that generated code carries. */
public @interface Generated {
    String[] value();

    String date() default "";

    String comments() default "";
}
