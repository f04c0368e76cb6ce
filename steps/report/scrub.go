package report

import "reflect"

// Scrub lets hide rewrite every text in a value: whatever a type comes to hold one day, no secret gets past it.
func Scrub[T any](value *T, hide func(string) string) { scrub(reflect.ValueOf(value).Elem(), hide) }

func scrub(v reflect.Value, hide func(string) string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(hide(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			scrub(v.Elem(), hide)
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrub(v.Index(i), hide)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scrub(v.Field(i), hide)
			}
		}
	default: // numbers and moments hold no secret, and no map has texts of others
	}
}
